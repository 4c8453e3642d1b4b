/** The workstation's sound devices, as far as a browser tells of them. */

type Devices = Pick<MediaDevices, 'enumerateDevices' | 'addEventListener' | 'removeEventListener'>

/** Some browsers list no outputs at all: only one that was there and is gone is known to be missing. */
export class Outputs {
  /** There was a device, and there is none any more. */
  missing = false
  /** How often what there is changed: what was heard before may be another loudspeaker. */
  changes = 0
  #known: readonly string[] = []
  readonly #look = () => void this.#enumerate()

  constructor(
    private readonly devices: Devices | undefined,
    private readonly changed: () => void,
  ) {
    devices?.addEventListener('devicechange', this.#look)
    this.#look()
  }

  close(): void {
    this.devices?.removeEventListener('devicechange', this.#look)
  }

  async #enumerate(): Promise<void> {
    const all = (await this.devices?.enumerateDevices().catch(() => [])) ?? []
    const now = all.filter(({ kind }) => kind === 'audiooutput').map((each) => each.deviceId + each.groupId)
    const before = this.#known
    this.#known = now
    if (before.join() === now.join()) return
    this.missing = now.length === 0
    if (before.length > 0) this.changes += 1
    this.changed()
  }
}
