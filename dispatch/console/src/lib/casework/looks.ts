/** Which looks are asked for. */
export interface Filter {
  readonly file: string | null
  readonly person: string | null
  /** As a field has it: `2026-03-02T14:30` by this workstation's clock; '' is none. */
  readonly from: string
  readonly to: string
}

/** The address of a page of looks, after the one that ended at `after`. */
export function pathOf({ file, person, from, to }: Filter, after: string | null): string {
  const query = new URLSearchParams()
  if (file) query.set('registration', file)
  if (person) query.set('operator', person)
  if (from) query.set('from', new Date(from).toISOString())
  if (to) query.set('to', new Date(to).toISOString())
  if (after) query.set('after', after)
  return `/v1/audit/looks?${query.toString()}`
}
