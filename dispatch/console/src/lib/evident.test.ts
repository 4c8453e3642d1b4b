import { expect, it } from 'vitest'
import { aCommand, anAlarm, longId, type Json } from '../../tests/cases'
import { sentUnit } from '../../tests/desk'
import { isEvident } from './evident'
import type { AlarmView } from './wire'

const ME = longId('f1')
const OTHER = longId('f2')
const name = (operator_id: string) => ({ operator_id, name: 'Somebody', centre: 'BE-VOV' })
const note = { at: '2026-03-02T10:00:00Z', text: 'She called', about: 'alarm.noted' }
const closure = {
  at: note.at,
  outcome: 'slip',
  needs_second_look: true,
  reviewed_by: null,
  reviewed_at: null,
}

const CASES: readonly [string, Json, Json, Json][] = [
  ['acknowledge', {}, { acknowledged_by: name(ME) }, { acknowledged_by: name(OTHER) }],
  [
    'assign',
    { unit_id: 'd1' },
    { units: [sentUnit({ assigned_by: name(ME) })] },
    { units: [sentUnit({ assigned_by: name(ME), status: 'cleared' })] },
  ],
  [
    'unit_status',
    { unit_id: 'd1', status: 'on_scene' },
    { units: [sentUnit({ status: 'on_scene' })] },
    { units: [sentUnit({ unit_id: 'd2', status: 'on_scene' })] },
  ],
  [
    'note',
    { text: ' She called ' },
    { notes: [{ ...note, by: name(ME) }] },
    { notes: [{ ...note, by: name(OTHER) }] },
  ],
  ['transfer', { to: 'BE-VAN' }, { centre: 'BE-VAN' }, { centre: 'BE-VOV' }],
  ['close', {}, { closure: { ...closure, by: name(ME) } }, { closure: { ...closure, by: name(OTHER) } }],
  ['reopen', {}, { state: 'raised' }, { state: 'closed' }],
  [
    'review',
    {},
    { closure: { ...closure, by: name(OTHER), reviewed_by: name(ME) } },
    { closure: { ...closure, by: name(ME) } },
  ],
]

it.each(CASES)('%s is evident where the alarm shows it, and only there', (type, fields, shows, shows_not) => {
  const frame = aCommand({ type, request_id: 'b1', alarm_id: 'a1', expected_version: 1, ...fields })
  const alarm = (given: Json) => anAlarm(given as Partial<AlarmView>)
  expect(isEvident(frame, alarm(shows), ME)).toBe(true)
  expect(isEvident(frame, alarm(shows_not), ME)).toBe(false)
  expect(isEvident(frame, alarm({ ...shows, alarm_id: 'a2' }), ME)).toBe(false)
})
