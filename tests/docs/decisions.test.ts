// Every decision has its number, a title in one style and its line in the index.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { at } from './files'

const FOLDER = 'docs/decisions'
const files = readdirSync(at(FOLDER)).filter((name) => name !== 'README.md')
const titleOf = (file: string): string => readFileSync(at(`${FOLDER}/${file}`), 'utf8').split('\n')[0] ?? ''

test('titles are the number and a sentence without a full stop', () => {
  expect(files.length).toBeGreaterThan(20)
  expect(files.filter((file) => !/^\d{3}-[a-z0-9-]+\.md$/.test(file))).toEqual([])
  const odd = files.filter((file) => !new RegExp(`^# ${file.slice(0, 3)} [A-Z0-9\`].*[^.]$`).test(titleOf(file)))
  expect(odd).toEqual([])
})

test('no number is given twice', () => {
  const numbers = files.map((file) => file.slice(0, 3))
  expect(numbers.filter((number, i) => numbers.indexOf(number) !== i)).toEqual([])
})

test('the index has a line for each, with its title', () => {
  const index = readFileSync(at(`${FOLDER}/README.md`), 'utf8')
  const missing = files.filter((file) => {
    const [number, ...title] = titleOf(file).slice(2).split(' ')
    return !index.includes(`| ${number} | [${title.join(' ')}](${file}) |`)
  })
  expect(missing).toEqual([])
})
