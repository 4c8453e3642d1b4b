import { describe, expect, it } from 'vitest'
import { kinds, longId } from '../../tests/cases'
import { speech } from './speech.svelte'
import { ALARM_KINDS, stepsOf } from './timeline'
import type { Note, TimelineEntry } from './wire'
import { LANGUAGES, wordsOf } from './words'

const ONE = { operator_id: longId('d1'), name: 'Operator One', centre: 'BE-VOV' }
const TWO = { operator_id: longId('d2'), name: 'Operator Two', centre: 'BE-VAN' }

function at(seconds: number): string {
  return new Date(Date.parse('2026-03-02T10:00:00Z') + seconds * 1000).toISOString()
}

function entry(version: number, kind: string, given: Partial<TimelineEntry> = {}): TimelineEntry {
  return {
    version,
    kind,
    at: at(version),
    by: ONE,
    centre: 'BE-VOV',
    state: 'acknowledged',
    streams: [],
    changed: {},
    ...given,
  }
}

function note(seconds: number, text: string, given: Partial<Note> = {}): Note {
  return {
    at: at(seconds),
    by: ONE,
    text,
    about: 'alarm.noted',
    said_at: null,
    said_by: null,
    lang: null,
    ...given,
  }
}

const RAISED = entry(1, 'alarm.raised', { at: at(0), by: null, state: 'raised' })

function told(entries: TimelineEntry[], notes: Note[] = []) {
  return stepsOf([RAISED, ...entries], notes, speech.words).slice(1)
}

function detail(kind: string, changed: object, before: TimelineEntry[] = []) {
  return told([...before, entry(9, kind, { changed: changed as TimelineEntry['changed'] })]).at(-1)!.details
}

describe('a perimeter', () => {
  const breach = {
    certain: false,
    inside: true,
    probability: 0.62,
    distance_m: 350,
    heading_deg: 46,
    approaching: true,
  }

  it('says at each step whether he is inside and how sure that is', () => {
    const may = 'He may be inside the forbidden zone (62\u00a0%), 350 m north-east of her, coming closer'
    expect(detail('alarm.breached', { breach })).toEqual([may])
    expect(detail('alarm.retreated', { breach: { ...breach, inside: false, approaching: false } })).toEqual([
      'He has left the forbidden zone, 350 m north-east of her, going away',
    ])
  })

  it('that joins an open alarm is no press of hers', () => {
    const source = { kind: 'perimeter', name: null }
    const changed = { breach, source, press_count: 2 } as unknown as TimelineEntry['changed']
    const [joined, pressed] = told([
      entry(2, 'alarm.pressed_again', { changed }),
      entry(3, 'alarm.pressed_again', { changed: { press_count: 3 } }),
    ])
    expect(joined!.what).toBe(speech.words.history.kind['alarm.breached'])
    expect(joined!.details[0]).toMatch(/^He may be inside/)
    expect(pressed!.what).toBe(speech.words.history.kind['alarm.pressed_again'])
  })
})

describe('every kind of event', () => {
  it('that the gateway can write about an alarm is known here', () => {
    const written = kinds.map(({ kind }) => kind).filter((kind) => kind.startsWith('alarm.'))
    expect(new Set(written)).toEqual(new Set([...ALARM_KINDS, 'alarm.of_a_later_version']))
  })

  it.each(LANGUAGES)('has words of its own in %s', async (language) => {
    const words = await wordsOf(language)
    const said = ALARM_KINDS.map((kind) => stepsOf([entry(1, kind)], [], words)[0]!.what)
    expect(new Set(said).size).toBe(ALARM_KINDS.length)
    expect(said.every((each) => each.length > 2 && !each.includes('alarm.'))).toBe(true)
  })

  it('of a later version shows its code', () => {
    expect(told([entry(2, 'alarm.of_a_later_version')])[0]!.what).toContain('alarm.of_a_later_version')
  })
})

describe('a step', () => {
  it('of what another system raised says which, and of her device how it is', () => {
    const source = { kind: 'app_112', name: '112 BE' }
    expect(detail('alarm.pressed_again', { press_count: 2, source })).toContain('From the 112 app (112 BE)')
    expect(detail('alarm.pressed_again', { source: { kind: 'button', name: null } })).toEqual([])
    const device = { condition: 'battery_low', battery_pct: 12, at: at(9) }
    expect(detail('alarm.device_reported', { device })).toEqual(['battery low', '12 %'])
  })

  it('says when it was, counted from when the alarm was raised, and who did it', () => {
    const [step] = told([entry(2, 'alarm.acknowledged', { at: at(42) })])
    expect([step!.after, step!.by?.name]).toEqual([42, 'Operator One'])
  })

  it('of units says which unit and where it stands, and not those that stand as before', () => {
    const unit = {
      unit_id: 'd1',
      name: 'ALPHA 1',
      status: 'dispatched',
      status_at: at(2),
      eta_s: 290,
      taken_away: false,
    }
    const other = { ...unit, unit_id: 'd2', name: 'BRAVO 2', eta_s: null }
    const sent = entry(2, 'alarm.unit_assigned', {
      changed: { units: [unit] } as unknown as TimelineEntry['changed'],
    })
    expect(told([sent])[0]!.details).toEqual(['ALPHA 1: sent, expected within 5 min'])
    expect(detail('alarm.unit_assigned', { units: [unit, other] }, [sent])).toEqual(['BRAVO 2: sent'])
    const there = { ...unit, status: 'on_scene', status_at: at(4) }
    expect(detail('alarm.unit_status', { units: [there] }, [sent])).toEqual(['ALPHA 1: on the spot'])
  })

  it('of an escalation says how far it went and who was told', () => {
    const escalation = {
      level: 3,
      step: 'neighbour',
      steps: ['supervisor', 'neighbour'],
      reason: 'unanswered',
      to: ['BE-VAN'],
    }
    expect(detail('alarm.escalated', { escalation })).toEqual([
      'level 3',
      'the supervisors were told',
      'a neighbouring centre was told',
      'told: Antwerp',
    ])
  })

  it('of a hand-over says from where to where', () => {
    const over = told([entry(2, 'alarm.transferred', { centre: 'BE-VAN', by: TWO })])
    expect(over[0]!.details).toEqual(['East Flanders → Antwerp'])
  })

  it('of a closing says the outcome and whether it waits for a second look', () => {
    const closure = { outcome: 'slip', needs_second_look: true }
    expect(detail('alarm.closed', { closure })).toEqual([
      speech.words.commands.outcome.slip.name,
      'waits for a second look',
    ])
  })

  it('of a wish to cancel says which word came with it, the duress word as coercion', () => {
    expect(detail('alarm.cancel_requested', { cancel: { word: 'duress' } })[0]).toMatch(/coercion/)
  })
})

describe('a note', () => {
  it('stands in full with the step it was written with', () => {
    const steps = told(
      [entry(2, 'alarm.noted'), entry(5, 'alarm.noted'), entry(6, 'alarm.closed')],
      [
        note(6, 'Gone before the team came.', { about: 'alarm.closed' }),
        note(5, 'Second.'),
        note(2, 'First.'),
      ],
    )
    expect(steps.map(({ kind, notes }) => [kind, ...notes.map(({ text }) => text)])).toEqual([
      ['alarm.noted', 'First.'],
      ['alarm.noted', 'Second.'],
      ['alarm.closed', 'Gone before the team came.'],
    ])
  })

  it('of another operator is not hers, though it was written in the same second', () => {
    const steps = told(
      [entry(2, 'alarm.noted', { by: TWO }), entry(3, 'alarm.noted')],
      [note(2, 'Mine.'), note(2, 'Hers.', { by: TWO })],
    )
    expect(steps.map(({ by, notes }) => [by?.name, notes[0]?.text])).toEqual([
      ['Operator Two', 'Hers.'],
      ['Operator One', 'Mine.'],
    ])
  })

  it('that belongs to no step that is known is shown all the same, in its place', () => {
    const steps = told([entry(2, 'alarm.acknowledged'), entry(9, 'alarm.closed')], [note(5, 'Alone.')])
    expect(steps.map(({ notes }) => notes[0]?.text)).toEqual([undefined, 'Alone.', undefined])
  })
})
