// The measuring itself: a click counts from the moment it is made, so the one whose frame is still to come is waited for,
// and one without a frame is a fault. (The responsiveness spec once read 83 of its 84 clicks.)
import { readAnswers, watchAnswers } from '../fixtures/answers'
import { expect, test } from '../fixtures/app'

const CLICKS = 40

test('every click is measured, the last one too', async ({ launched }) => {
  const { page } = launched
  await watchAnswers(page)
  for (let made = 1; made <= CLICKS; made++) {
    // Both are asked at once: the reading comes before the frame.
    const [, { clicks }] = await Promise.all([page.evaluate(() => document.body.click()), readAnswers(page)])
    expect(clicks).toHaveLength(made)
  }
})

test('a click that no frame follows is told, not left out', async ({ launched }) => {
  const { page } = launched
  await watchAnswers(page)
  await page.evaluate(() => {
    window.requestAnimationFrame = () => 0
    document.body.click()
  })
  await expect(readAnswers(page, 500)).rejects.toThrow('1 of 1 clicks had no frame')
})
