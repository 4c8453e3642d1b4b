import { describe, expect, it } from 'vitest'
import { Drafts } from './drafts.svelte'

describe('drafts', () => {
  it('belong to their alarm, form and field', () => {
    const drafts = new Drafts()
    drafts.write('a1', 'note', 'note', 'she called back')
    drafts.write('a2', 'close', 'note', 'found nobody')
    drafts.open('a1', 'note')
    expect(drafts.read('a1', 'note', 'note')).toBe('she called back')
    expect(drafts.read('a2', 'note', 'note')).toBe('')
    expect(drafts.read('a2', 'close', 'note')).toBe('found nobody')
    expect([drafts.opened('a1'), drafts.opened('a2')]).toEqual(['note', null])
  })

  it('are kept when their form is put away, and used up when their command is done', () => {
    const drafts = new Drafts()
    drafts.open('a1', 'note')
    drafts.write('a1', 'note', 'note', 'she called back')
    drafts.shut('a1')
    expect(drafts.read('a1', 'note', 'note')).toBe('she called back')
    drafts.write('a1', 'close', 'note', 'another form’s')
    drafts.open('a1', 'note')
    drafts.asked('a1', 'note', 'r1')
    drafts.done('r2')
    expect(drafts.opened('a1')).toBe('note')
    drafts.done('r1')
    expect(drafts.read('a1', 'note', 'note')).toBe('')
    expect(drafts.opened('a1')).toBeNull()
    expect(drafts.request('a1', 'note')).toBeNull()
    expect(drafts.read('a1', 'close', 'note')).toBe('another form’s')
  })

  it('leave another form open that was opened since', () => {
    const drafts = new Drafts()
    drafts.asked('a1', 'note', 'r1')
    drafts.open('a1', 'close')
    drafts.done('r1')
    expect(drafts.opened('a1')).toBe('close')
  })

  it('of an alarm that somebody else closed become a note that can still be written', () => {
    const drafts = new Drafts()
    drafts.write('a1', 'close', 'note', 'he fled by car')
    drafts.write('a1', 'close', 'outcome', 'offender_gone')
    drafts.open('a1', 'close')
    drafts.closed('a1', false)
    expect(drafts.read('a1', 'note', 'note')).toBe('he fled by car')
    expect(drafts.read('a1', 'close', 'outcome')).toBe('')
    expect(drafts.opened('a1')).toBeNull()
  })

  it('of an alarm that was closed here are used up, although no answer came', () => {
    const drafts = new Drafts()
    drafts.write('a1', 'close', 'note', 'he fled by car')
    drafts.asked('a1', 'close', 'r1')
    drafts.closed('a1', true)
    expect(drafts.read('a1', 'note', 'note')).toBe('')
    expect(drafts.read('a1', 'close', 'note')).toBe('')
  })

  it('never overwrite a note that was begun', () => {
    const drafts = new Drafts()
    drafts.write('a1', 'note', 'note', 'begun')
    drafts.write('a1', 'close', 'note', 'he fled by car')
    drafts.closed('a1', false)
    expect(drafts.read('a1', 'note', 'note')).toBe('begun')
  })

  it('are all gone when somebody else signs in', () => {
    const drafts = new Drafts()
    drafts.write('a1', 'note', 'note', 'she called back')
    drafts.open('a1', 'note')
    drafts.asked('a1', 'note', 'r1')
    drafts.clear()
    expect([drafts.read('a1', 'note', 'note'), drafts.opened('a1'), drafts.request('a1', 'note')]).toEqual([
      '',
      null,
      null,
    ])
  })
})
