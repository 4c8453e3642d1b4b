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
    wear(appearance)
  }

  /** Look otherwise for as long as a screen is up that is always so; returns what ends it. */
  insist(appearance: Appearance): () => void {
    wear(appearance)
    return () => wear(this.chosen)
  }
}

function wear(appearance: Appearance): void {
  document.documentElement.dataset['appearance'] = appearance
}

export const appearance = new Look()
