/** What tabs of this browser tell each other: that somebody has signed in. Who it is, each asks the gateway. */
const CHANNEL = 'msa.session'

export function tellOtherTabs(): void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.postMessage('signed in')
  channel.close()
}

/** Call `act` whenever somebody signs in in another tab; returns how to stop. */
export function whenSignedInElsewhere(act: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL)
  channel.onmessage = () => act()
  return () => channel.close()
}
