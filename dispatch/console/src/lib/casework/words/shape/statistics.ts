/** The words of: figures. */
export interface StatisticsWords {
  title: string
  about: (below: number) => string
  asOf: string
  provisional: string
  by: string
  bys: Record<'year' | 'centre' | 'arrondissement' | 'zone', string>
  from: string
  to: string
  ever: string
  topic: string
  topics: Record<'files' | 'ages' | 'alarms' | 'outcomes' | 'times', string>
  country: string
  year: string
  place: string
  allYears: string
  hidden: string
  none: string
  table: (topic: string, asOf: string) => string
  plots: string
  share: (title: string, year: string, count: string) => string
  answer: string
  answerFor: string
  language: string
  download: (form: string) => string
  counts: Record<
    | 'requested'
    | 'granted'
    | 'refused'
    | 'users'
    | 'new'
    | 'closed'
    | 'active'
    | 'age_under_18'
    | 'age_18_29'
    | 'age_30_39'
    | 'age_40_49'
    | 'age_50_64'
    | 'age_65_up'
    | 'age_unknown'
    | 'pressed'
    | 'real'
    | 'genuine'
    | 'arrest'
    | 'offender_gone'
    | 'offender_not_found'
    | 'prevented'
    | 'noise'
    | 'slip'
    | 'technical'
    | 'duplicate'
    | 'misuse'
    | 'unsettled'
    | 'attended'
    | 'repeated'
    | 'test'
    | 'exercise',
    string
  >
  values: Record<
    | 'months_active'
    | 'days_to_grant'
    | 'days_to_install'
    | 'answer_median_s'
    | 'answer_p90_s'
    | 'answered_15_s_pct'
    | 'answered_20_s_pct'
    | 'answered_30_s_pct'
    | 'answered_60_s_pct'
    | 'arrival_median_s'
    | 'arrival_p90_s'
    | 'arrived_10_min_pct'
    | 'pressed_pct',
    string
  >
}
