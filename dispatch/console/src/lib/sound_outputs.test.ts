import { describe, expect, it, vi } from 'vitest'
import { Outputs } from './sound_outputs'

class Devices extends EventTarget {
  kinds: string[] = []

  async enumerateDevices() {
    return this.kinds.map((kind) => ({ kind, deviceId: '', groupId: '' }) as MediaDeviceInfo)
  }

  async become(...kinds: string[]) {
    this.kinds = kinds
    this.dispatchEvent(new Event('devicechange'))
    await vi.waitFor(() => undefined)
  }
}

describe('the sound devices', () => {
  it('are missing once they are gone, and counted as changed whenever one comes or goes', async () => {
    const devices = new Devices()
    devices.kinds = ['audioinput', 'audiooutput']
    const changed = vi.fn()
    const outputs = new Outputs(devices as unknown as MediaDevices, changed)
    await vi.waitFor(() => expect(changed).toHaveBeenCalledTimes(1))
    expect([outputs.missing, outputs.changes]).toEqual([false, 0])
    await devices.become('audioinput')
    await vi.waitFor(() => expect(outputs.missing).toBe(true))
    await devices.become('audioinput', 'audiooutput')
    await vi.waitFor(() => expect(outputs.missing).toBe(false))
    expect(outputs.changes).toBe(2)
    outputs.close()
    await devices.become()
    expect([outputs.missing, outputs.changes]).toEqual([false, 2])
  })

  it('are not missing where a browser never told of any', async () => {
    const changed = vi.fn()
    const outputs = new Outputs(new Devices() as unknown as MediaDevices, changed)
    await vi.waitFor(() => expect(changed).toHaveBeenCalled())
    expect(outputs.missing).toBe(false)
    expect(new Outputs(undefined, changed).missing).toBe(false)
  })
})
