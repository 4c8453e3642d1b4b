import { describe, expect, it } from 'vitest'
import {
  answeredIn,
  centresInOrder,
  consolesOf,
  isBelow,
  isGrave,
  matters,
  oldestCanary,
  shareOf,
  totals,
  unansweredOf,
} from './overview'
import type {
  AnswerTimes,
  CentreOverview,
  ConsoleFault,
  ConsoleView,
  NoticeView,
  Overview,
  UnansweredAlarm,
} from './wire'

const AT = '2026-03-02T10:00:00Z'
const NO_TIMES: AnswerTimes = { alarms: 0, unanswered: 0, p50_s: null, p90_s: null, within: [], escalated: 0 }

function aCentre(centre: string, fields: Partial<CentreOverview> = {}): CentreOverview {
  return {
    centre,
    unattended_since: null,
    consoles: [],
    open_alarms: 0,
    open_apart: 0,
    unanswered_count: fields.unanswered?.length ?? 0,
    unanswered: [],
    without_unit_count: 0,
    without_unit: [],
    notices: [],
    protections: {},
    faults: {},
    canaries: [],
    sound_missing: [],
    day: NO_TIMES,
    month: NO_TIMES,
    ...fields,
  }
}

function of(...centres: CentreOverview[]): Overview {
  return { as_of: AT, counted_at: AT, centres }
}

function aConsole(name: string, ...faults: ConsoleFault[]): ConsoleView {
  return {
    console: `console of ${name}`,
    operator: { operator_id: name, name, centre: null },
    node: 'a',
    centres: ['BE-VOV'],
    since: AT,
    heard_at: AT,
    sound: 'ready',
    sound_since: AT,
    silenced_until: null,
    visible: true,
    awake: true,
    lag_ms: 5,
    faults,
  }
}

function anAlarm(alarm_id: string, second: number, level = 0): UnansweredAlarm {
  return {
    alarm_id,
    owner: 'BE-VOV',
    reference: null,
    raised_at: `2026-03-02T10:00:${String(second).padStart(2, '0')}Z`,
    press_count: 1,
    verified: true,
    lapses: 0,
    level,
    step: null,
    next_at: null,
  }
}

function aNotice(kind: NoticeView['kind']): NoticeView {
  return {
    notice_id: kind,
    centre: 'BE-VOV',
    kind,
    audience: [],
    subject: 'BE-VOV',
    reference: null,
    detail: {},
    raised_at: AT,
    cleared_at: null,
    cleared_by: null,
    shelved: null,
  }
}

const names = (overview: Overview) => consolesOf(overview).map(({ operator }) => operator.name)

describe('an overview', () => {
  it('shows a console of two centres once, and the one an alarm may come to unnoticed first', () => {
    const [fine, dark, mute] = [
      aConsole('Anna'),
      aConsole('Bea', 'may_go_dark'),
      aConsole('Carl', 'sound_blocked'),
    ]
    const both = of(
      aCentre('BE-VOV', { consoles: [fine, dark] }),
      aCentre('BE-VAN', { consoles: [fine, mute] }),
    )
    expect(names(both)).toEqual(['Carl', 'Bea', 'Anna'])
    expect(totals(both)).toMatchObject({ consoles: 3, consoleFaults: 2 })
    expect([fine, dark, mute].map(isGrave)).toEqual([false, false, true])
  })

  it('counts an alarm that two centres see once, with those that no list shows', () => {
    const shared = anAlarm('a', 5)
    const overview = of(
      aCentre('BE-VOV', { unanswered: [shared, anAlarm('b', 9)], unanswered_count: 102 }),
      aCentre('BE-VAN', { unanswered: [anAlarm('c', 1), shared] }),
    )
    expect(unansweredOf(overview).map(({ alarm_id }) => alarm_id)).toEqual(['c', 'a', 'b'])
    expect(totals(overview)).toMatchObject({ unanswered: 103, longest: '2026-03-02T10:00:01Z' })
  })

  it('puts first the centre where an alarm waits longest, then nobody, a notice, a fault', () => {
    const overview = of(
      aCentre('BE-WNA'),
      aCentre('BE-WLX', { consoles: [aConsole('Bea', 'slow')] }),
      aCentre('BE-WLG', { notices: [aNotice('flood')] }),
      aCentre('BE-WHT', { unattended_since: AT }),
      aCentre('BE-VAN', { unanswered: [anAlarm('b', 9)] }),
      aCentre('BE-VOV', { unanswered: [anAlarm('a', 5)] }),
    )
    expect(centresInOrder(overview).map(({ centre }) => centre)).toEqual([
      'BE-VOV',
      'BE-VAN',
      'BE-WHT',
      'BE-WLG',
      'BE-WLX',
      'BE-WNA',
    ])
  })

  it('counts what wants a supervisor: alarms that climb, grave faults, notices that nobody put aside', () => {
    const aside = (until: string) => ({
      ...aNotice('flood'),
      shelved: { until, by: { operator_id: 'x', name: 'X', centre: null }, reason: 'in_hand' as const },
    })
    const counted = (until: string) => matters(of(aCentre('BE-VOV', { notices: [aside(until)] })))
    expect([counted('2026-03-02T10:00:01Z'), counted(AT)]).toEqual([0, 1])
    const overview = of(
      aCentre('BE-VOV', {
        unanswered: [anAlarm('a', 1), anAlarm('b', 2, 1)],
        consoles: [aConsole('Anna', 'hidden', 'slow'), aConsole('Bea', 'slow')],
        notices: [aNotice('many_silent'), aNotice('attended_again')],
      }),
    )
    expect(matters(overview)).toBe(3)
  })

  it('holds the share answered in time against its target', () => {
    const times = { ...NO_TIMES, alarms: 10, within: [{ seconds: 15, alarms: 8 }] }
    expect(shareOf(times, times.within[0]!)).toBe(0.8)
    expect(shareOf(NO_TIMES, { seconds: 15, alarms: 0 })).toBeNull()
    expect([isBelow(0.8, 15), isBelow(0.9, 15), isBelow(0.94, 20), isBelow(0.1, 30)]).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  it('puts first who answers the smallest share in time, and apart who had nothing to answer', () => {
    const times = (alarms: number, quick: number) => ({
      ...NO_TIMES,
      alarms,
      within: [{ seconds: 15, alarms: quick }],
    })
    const overview = of(
      aCentre('BE-VAN', { day: times(4, 4) }),
      aCentre('BE-VLI'),
      aCentre('BE-VOV', { day: times(10, 9) }),
    )
    const { some, none } = answeredIn(overview, 'day')
    expect(some.map(({ centre }) => centre)).toEqual(['BE-VOV', 'BE-VAN'])
    expect(none).toEqual(['BE-VLI'])
    expect(answeredIn(overview, 'month').some).toEqual([])
  })

  it('doubts the way whose canary was seen longest ago', () => {
    const canaries = [
      { node: 'a', seen_at: '2026-03-02T10:00:09Z' },
      { node: 'b', seen_at: '2026-03-02T10:00:01Z' },
    ]
    expect(oldestCanary(aCentre('BE-VOV', { canaries }))?.node).toBe('b')
  })
})
