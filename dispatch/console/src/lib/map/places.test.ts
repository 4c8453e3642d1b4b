import { beforeAll, describe, expect, it } from 'vitest'
import { LANGUAGES, wordsOf, type Language, type Words } from '../words'
import { Areas } from './areas'
import { nearest, told, toldReaches, whereabouts, type Place } from './places'

const place = (name: string, lat: number, lon: number, names: Place['names'] = {}): Place => ({
  name,
  names,
  lat,
  lon,
  population: 1,
  centre: 'BE-VOV',
})
const PLACES = [
  place('Gent', 51.0543, 3.7174, { fr: 'Gand', en: 'Ghent' }),
  place('Antwerpen', 51.2194, 4.4025, { fr: 'Anvers' }),
]
const areas = new Areas({
  features: [
    {
      properties: { centre: 'BE-VOV' },
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [3.5, 50.9],
            [4, 50.9],
            [4, 51.2],
            [3.5, 51.2],
            [3.5, 50.9],
          ],
        ],
      },
    },
  ],
})
const words = {} as Record<Language, Words>
beforeAll(async () => {
  for (const language of LANGUAGES) words[language] = await wordsOf(language)
})

function tells(
  latitude: number,
  longitude: number,
  language: Language,
  radius: number | null = null,
): string {
  return told(whereabouts(areas, PLACES, { latitude, longitude }, radius), language, words[language])
}

describe('a place is told', () => {
  it.each([
    ['nl', '1,2 km ten noordoosten van Gent, Oost-Vlaanderen'],
    ['fr', '1,2 km au nord-est de Gand, Flandre orientale'],
    ['en', '1.2 km north-east of Ghent, East Flanders'],
    ['de', '1,2 km nordöstlich von Gent, Ostflandern'],
  ] as const)('in %s with the direction from the place to her', (language, expected) => {
    expect(tells(51.0619, 3.7295, language).replaceAll('\u00a0', ' ')).toBe(expected)
  })

  it('without a direction where she is at it', () => {
    expect(tells(51.0544, 3.7175, 'nl')).toBe('in het centrum van Gent, Oost-Vlaanderen')
  })

  it('as abroad where no centre is', () => {
    expect(tells(51.3, 4.9, 'en')).toMatch(/east of Antwerpen, outside Belgium$/)
  })

  it('without a place where there is none for hundreds of kilometres', () => {
    expect(tells(40.4, -3.7, 'en')).toBe('outside Belgium')
    expect(nearest([], { latitude: 51, longitude: 4 })).toBeNull()
  })
})

describe('a radius', () => {
  it('that reaches abroad says so, a small one nothing', () => {
    const near = { latitude: 51.19, longitude: 3.7 }
    expect(toldReaches(whereabouts(areas, PLACES, near, 5000), words.en)).toEqual([
      words.en.map.place.reachesAbroad,
    ])
    expect(toldReaches(whereabouts(areas, PLACES, near, 20), words.en)).toEqual([])
    expect(toldReaches(whereabouts(areas, PLACES, near, null), words.en)).toEqual([])
  })
})
