import { describe, expect, it } from 'vitest'
import { longId, wholeThing } from '../../tests/cases'
import { detailOf, titleOf } from './notice_words'
import { canBeDealtWith, isFor, isShelved, LENGTHS_S, REASONS, SHELVED_MAX_S, tasksOf } from './shelving'
import { speech } from './speech.svelte'
import type { NoticeKind, NoticeView, ProtectionView } from './wire'
import { LANGUAGES, wordsOf } from './words'

const NOW = Date.parse('2026-03-02T10:00:00Z')

function aNotice(given: Partial<NoticeView> = {}): NoticeView {
  return wholeThing('notice', { audience: ['everybody'], kind: 'flood', ...given }) as unknown as NoticeView
}

function aProtection(given: Partial<ProtectionView> = {}): ProtectionView {
  return wholeThing('protection', given as Record<string, unknown>) as unknown as ProtectionView
}

function until(seconds: number): NoticeView['shelved'] {
  const by = { operator_id: longId('d4'), name: 'Operator One', centre: 'BE-VOV' }
  return { until: new Date(NOW + seconds * 1000).toISOString(), by, reason: 'known_cause' }
}

const tasks = (
  notices: NoticeView[],
  protections: ProtectionView[] = [],
  role: 'operator' | 'supervisor' = 'supervisor',
) => tasksOf(notices, protections, [role], NOW)

describe('a notice', () => {
  it('is for those whom its audience names', () => {
    expect(isFor(aNotice({ audience: ['everybody'] }), ['operator'])).toBe(true)
    expect(isFor(aNotice({ audience: ['supervisor'] }), ['operator'])).toBe(false)
    expect(isFor(aNotice({ audience: ['supervisor'] }), ['supervisor'])).toBe(true)
    expect(tasks([aNotice({ audience: ['supervisor'] })], [], 'operator').due).toEqual([])
  })

  it('that is put aside is not to do, until its time has passed on the gateway’s clock', () => {
    const aside = aNotice({ shelved: until(60) })
    expect(tasks([aside])).toMatchObject({ due: [], shelved: [aside] })
    const over = aNotice({ shelved: until(0) })
    expect([isShelved(over, NOW), isShelved(over, NOW - 1)]).toEqual([false, true])
    expect(tasks([over])).toMatchObject({ due: [over], shelved: [] })
  })

  it('of what ends by itself cannot be called dealt with', () => {
    expect(
      ['exercise', 'test_window', 'flood'].map((kind) =>
        canBeDealtWith(aNotice({ kind: kind as NoticeKind })),
      ),
    ).toEqual([false, false, true])
  })

  it('stands before those that press less, the oldest first', () => {
    const kinds = (['test_window', 'second_look', 'flood', 'escalated'] as const).map((kind, index) =>
      aNotice({ notice_id: longId(`d${index}`), kind }),
    )
    const older = aNotice({ notice_id: longId('d9'), kind: 'flood', raised_at: '2026-03-02T09:00:00Z' })
    expect(tasks([...kinds, older]).due.map(({ kind, notice_id }) => [kind, notice_id.slice(-1)])).toEqual([
      ['escalated', '3'],
      ['flood', '9'],
      ['flood', '2'],
      ['second_look', '1'],
      ['test_window', '0'],
    ])
  })

  it('of a protection that fails stands once, beside her faults, and alone where she is gone from the board', () => {
    const her = aProtection()
    const notice = aNotice({ kind: 'protection', subject: her.registration_id })
    expect(tasks([notice], [her])).toMatchObject({ due: [], unprotected: [{ protection: her, notice }] })
    expect(tasks([notice]).due).toEqual([notice])
    const aside = { ...notice, shelved: until(60) }
    expect(tasks([aside], [her])).toMatchObject({ unprotected: [{ notice: aside }], shelved: [aside] })
  })
})

describe('in words', () => {
  const KINDS: readonly (readonly [NoticeKind, NoticeView['detail'], string])[] = [
    ['flood', { alarms: 12, within_s: 600, consoles: 1 }, '12'],
    ['many_silent', { silent: 7, watched: 60, within_s: 600 }, '7'],
    ['unattended', {}, 'Antwerp'],
    ['attended_again', { diverted: 3, since: '2026-03-02T09:00:00Z' }, '3'],
    ['second_look', { closed_at: '2026-03-02T09:00:00Z' }, ':00:00'],
    ['escalated', { level: 3, raised_at: '2026-03-02T09:00:00Z' }, '3'],
    ['exercise', { until: '2026-03-02T11:00:00Z' }, ':00:00'],
    ['test_window', { until: '2026-03-02T11:00:00Z' }, ':00:00'],
    ['webhook_failed', {}, 'receiver'],
    ['decision_due', { reminder: 'decision_soon', about: '2026-03-07' }, '2026'],
    ['support_due', { reminder: 'support_overdue', about: '2026-03-03' }, '2026'],
    ['evaluation_due', { reminder: 'two_weeks', about: '2026-12-02' }, '2026'],
    ['perimeter', { state: 'pre_alert', distance_m: 900, nearing: true }, '900 m'],
    [
      'perimeter_blind',
      { seen_at: '2026-03-02T09:00:00Z', why: 'silent', near: true },
      'Her tracker is silent. He was near',
    ],
    ['perimeter_sees', { since: '2026-03-02T09:00:00Z' }, ':00:00'],
    ['tracker_fault', { condition: 'tampered', role: 'offender', near: true }, 'tampers'],
    [
      'protection',
      { state: 'degraded', faults: 'phone_battery_low moon_full' },
      'phone battery low, moon_full',
    ],
  ]

  it.each(KINDS)('%s says what came with it', (kind, detail, part) => {
    const notice = aNotice({ kind, detail, subject: 'BE-VAN' })
    expect(detailOf(notice, speech.words)).toContain(part)
  })

  it.each(LANGUAGES)(
    'every kind has a title of its own in %s, and no detail is left open',
    async (language) => {
      const words = await wordsOf(language)
      const notices = KINDS.map(([kind, detail]) => aNotice({ kind, detail, subject: 'BE-VAN' }))
      expect(new Set(notices.map((notice) => titleOf(notice, words))).size).toBe(
        new Set(KINDS.map(([kind]) => kind)).size,
      )
      for (const notice of notices) expect(detailOf(notice, words)).not.toMatch(/NaN|undefined|Invalid/)
      expect(REASONS.map((reason) => words.tasks.reason[reason]).every(Boolean)).toBe(true)
    },
  )

  it('a kind of a later version shows its code', () => {
    const later = aNotice({ kind: 'moon_full' as NoticeKind })
    expect([titleOf(later, speech.words), detailOf(later, speech.words)]).toEqual(['Notice: moon_full', null])
  })
})

it('no length is offered that the gateway refuses, and its most is', () => {
  expect(Math.max(...LENGTHS_S)).toBe(SHELVED_MAX_S)
})
