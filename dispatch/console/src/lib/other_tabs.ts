/** What tabs of this browser tell each other: that somebody has signed in. Who it is, each asks the gateway. */
const CHANNEL = 'msa.session'

export class OtherTabs {
  readonly #channel = new BroadcastChannel(CHANNEL)

  /** `act` is called whenever somebody signs in in another tab. */
  constructor(act: () => void) {
    this.#channel.onmessage = act
  }

  tell(): void {
    this.#channel.postMessage('signed in')
  }

  close(): void {
    this.#channel.close()
  }
}
