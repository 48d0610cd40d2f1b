// What the window shows of the checkpoints that come with the product.
import { cpSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { openEngine } from '../testing/open-engine'
import { temporaryFolder } from '../testing/temporary-folder'

it('the checkpoint of each small preset is told with its card and its figures', async () => {
  const folder = temporaryFolder()
  const resources = path.resolve(import.meta.dirname, '../../../resources')
  cpSync(resources, path.join(folder, 'resources'), { recursive: true })
  const { client } = await openEngine(folder)
  for (const preset of ['workbench', 'chains', 'in-context'] as const) {
    const info = await client.proposer.info({ preset })
    expect(info).toMatchObject({ preset, name: `${preset}-1`, vocabulary: null })
    expect(info.card).toContain('## Made by')
    expect(info.parameters).toBeGreaterThan(10_000)
    expect(Object.keys(info.metrics).length).toBeGreaterThan(3)
  }
})
