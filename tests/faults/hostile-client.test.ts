// Malformed calls and raw messages: the engine refuses, stays, and has lost nothing. `npm run bench:hostile` sends more.
import { expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../../src/engine/testing/temporary-folder'
import { fakeComputes } from '../../src/engine/testing/fake-computes'
import { writeDataset } from './dataset'
import { openEngine } from './engine'
import { abuse } from './hostile-client'
import { definition, outcomeOf } from './workbench'

it('answers every malformed call and drops every raw message', async () => {
  const workspace = temporaryFolder()
  writeDataset(workspace)
  const engine = await openEngine(workspace, { computes: fakeComputes() })
  onTestFinished(() => engine.close())
  const { id } = await engine.client.searches.create({ definition: definition() })
  await outcomeOf(engine, workspace, id)
  const { accepted, refused, ...rest } = await abuse(engine, 120, 60)
  expect(rest).toEqual({ faults: [], unhandled: [], isSame: true })
  expect(refused).toBeGreaterThan(60)
  expect(accepted + refused).toBe(120)
}, 60_000)
