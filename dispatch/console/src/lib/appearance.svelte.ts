/** Dark or light, as chosen on this workstation; else as its system has it. */
export const APPEARANCES = ['system', 'dark', 'light'] as const
export type Appearance = (typeof APPEARANCES)[number]

const KEPT_AS = 'msa.appearance'

class Look {
  chosen = $state<Appearance>('system')

  /** Look as was chosen here before. */
  begin(): void {
    const kept = localStorage.getItem(KEPT_AS)
    this.choose(APPEARANCES.find((each) => each === kept) ?? 'system')
  }

  choose(appearance: Appearance): void {
    this.chosen = appearance
    localStorage.setItem(KEPT_AS, appearance)
    document.documentElement.dataset['appearance'] = appearance
  }
}

export const appearance = new Look()
