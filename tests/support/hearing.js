// Listens at every AudioContext of the page, on the way to its destination: what is measured is what
// the loudspeaker gets. The siren's tones are told from each other by their power (Goertzel).
;(() => {
  const TONES = { low: 262, down: 330, top: 392, la: 740, high: 988, soft: 1047, sharp: 1319, ping: 1568 }
  const LOUD = 2e-5
  const ears = new Map()
  const ear = { log: [], now: [], rms: 0 }
  window.__ear = ear

  const connect = AudioNode.prototype.connect
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode) {
      const context = this.context
      if (!ears.has(context)) {
        const analyser = context.createAnalyser()
        analyser.fftSize = 32768
        ears.set(context, analyser)
      }
      connect.call(this, ears.get(context))
    }
    return connect.call(this, to, ...rest)
  }

  function power(block, hz, rate) {
    const turn = 2 * Math.cos((2 * Math.PI * hz) / rate)
    let one = 0
    let two = 0
    for (const each of block) [one, two] = [each + turn * one - two, one]
    return (4 * (one * one + two * two - turn * one * two)) / (block.length * block.length)
  }

  function heard(samples, rate) {
    const most = {}
    for (let at = 0; at + 4096 <= samples.length; at += 4096)
      for (const [name, hz] of Object.entries(TONES))
        most[name] = Math.max(most[name] ?? 0, power(samples.subarray(at, at + 4096), hz, rate))
    const strongest = Math.max(...Object.values(most))
    const has = (name) => most[name] > LOUD && most[name] > strongest / 20 // less is a neighbour's leakage
    const found = []
    if (has('sharp') && has('high')) found.push('again')
    else if (has('la') && has('high')) found.push('siren')
    if (has('down')) found.push('lost')
    if (has('ping') && has('soft')) found.push('test')
    return found
  }

  setInterval(() => {
    const found = new Set()
    ear.rms = 0
    for (const [context, analyser] of ears) {
      if (context.state !== 'running') continue
      const samples = new Float32Array(analyser.fftSize)
      analyser.getFloatTimeDomainData(samples)
      ear.rms = Math.max(ear.rms, Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length))
      for (const name of heard(samples, context.sampleRate)) found.add(name)
    }
    ear.now = ear.rms < 1e-5 ? ['silence'] : [...found]
    for (const name of ear.now) if (!ear.log.includes(name)) ear.log.push(name)
  }, 200)
})()
