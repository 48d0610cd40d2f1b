import { describe, expect, it } from 'vitest'
import { winnerText } from '@shared/search/winner'

const accuracy = { name: 'validation accuracy', unit: 'accuracy' } as const
const winner = {
  trialId: 12,
  trialNumber: 4,
  measured: 0.91,
  expected: 0.9031,
  results: 60,
  confirmed: null,
  noise: null,
}

describe('the winner by all results', () => {
  it('says what is expected, what was measured, and what to think of the best measured', () => {
    expect(winnerText(winner, accuracy, 7)).toBe(
      'Winner by all 60 results: trial 4, expected 90.3 %, measured 91.0 %. The best measured may only be the luckiest.',
    )
    expect(winnerText(winner, accuracy, 12)).toContain('It is the best measured too.')
  })

  it('says what other seeds came to, and how much they differ', () => {
    const told = { ...winner, confirmed: { results: 3, mean: 0.902 }, noise: { deviation: 0.004, freedom: 6 } }
    expect(winnerText(told, accuracy, 7)).toContain(
      'Its mean with 3 seeds is 90.2 %. From seed to seed a result varies by 0.4 % (standard deviation, 6 degrees of freedom).',
    )
  })
})
