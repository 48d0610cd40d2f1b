// An offline product sends nothing at its start. Chromium's own log of the network sees what no handler of a session does, such as
// the dictionary of its spelling.
import { readFileSync } from 'node:fs'
import { expect, root, test } from '../fixtures/app'
import { launchApp } from '../fixtures/launch'

/** Every address and host that the network stack was asked for. */
function askedFor(log: string): string[] {
  return [...log.matchAll(/"(?:url|host)":"([^"]*)"/g)].flatMap(([, asked]) => (asked === undefined ? [] : [asked]))
}

test('nothing is asked of the network at the start', async ({}, info) => {
  const log = info.outputPath('net-log.json')
  const folders = { workspace: info.outputPath('workspace'), userData: info.outputPath('user-data') }
  const launched = await launchApp(root, folders, [`--log-net-log=${log}`])
  await expect(launched.page.getByRole('main')).toBeVisible()
  // Chromium fetches after the first page has been drawn; without the switches it had asked within two seconds.
  await launched.page.waitForTimeout(5_000)
  await launched.close()
  const text = readFileSync(log, 'utf8')
  expect(text).toContain('"constants"')
  expect(askedFor(text).filter((asked) => !/^(app|devtools|file|data|blob):/.test(asked))).toEqual([])
})
