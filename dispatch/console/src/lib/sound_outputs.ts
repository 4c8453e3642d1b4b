/** The workstation's sound devices, as far as a browser tells of them. */

type Devices = Pick<MediaDevices, 'enumerateDevices' | 'addEventListener' | 'removeEventListener'>

/** A page that may not listen is told no names, and by some browsers of no outputs at all. */
export class Outputs {
  /** There was a device, and there is none any more: one that was never told is not known to be missing. */
  missing = false
  /** How often devices came or went: what was heard before may be another loudspeaker. */
  changes = 0
  #seen = false
  readonly #changed = () => {
    this.changes += 1
    void this.#look()
  }

  constructor(
    private readonly devices: Devices | undefined,
    private readonly changed: () => void,
  ) {
    devices?.addEventListener('devicechange', this.#changed)
    void this.#look()
  }

  close(): void {
    this.devices?.removeEventListener('devicechange', this.#changed)
  }

  async #look(): Promise<void> {
    const all = (await this.devices?.enumerateDevices().catch(() => [])) ?? []
    const some = all.some(({ kind }) => kind === 'audiooutput')
    this.#seen ||= some
    this.missing = this.#seen && !some
    this.changed()
  }
}
