import { describe, expect, it } from 'vitest'
import { anAlarm } from '../../tests/cases'
import { lasted, newer, older, PAGE, pageOf, pathOf } from './looking_back'

const many = Array.from({ length: PAGE + 1 }, (_, index) => anAlarm({ alarm_id: `n${index}` }))

describe('a page', () => {
  it('shows as many as fit and knows by one more that there are older ones', () => {
    expect(pageOf(many)).toMatchObject({ older: true, alarms: { length: PAGE } })
    expect(pageOf(many.slice(1))).toMatchObject({ older: false, alarms: { length: PAGE } })
  })

  it('is asked for from the last of the one before, and back', () => {
    const turned = older([], pageOf(many))
    expect(turned).toEqual([`n${PAGE - 1}`])
    expect(pathOf({ review: false, purpose: null }, turned.at(-1) ?? null)).toBe(
      `/v1/alarms?state=closed&limit=${PAGE + 1}&before=n${PAGE - 1}`,
    )
    expect(newer(turned)).toEqual([])
    expect(older(turned, pageOf(many.slice(1)))).toEqual(turned)
  })

  it('is of those that wait for a second look, or of one purpose', () => {
    expect(pathOf({ review: true, purpose: 'test' }, null)).toContain('awaiting=review&purpose=test')
  })
})

it('an alarm lasted from when it was raised until it was closed', () => {
  const closure = { at: '2026-03-02T10:12:30Z' } as never
  expect(lasted(anAlarm({ raised_at: '2026-03-02T10:00:00Z', closure }))).toBe(750)
  expect(lasted(anAlarm())).toBeNull()
})
