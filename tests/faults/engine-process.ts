// Child of a test: an engine that trains, until it is killed. Tells the run, its compute and each epoch.
import { writeDataset } from './dataset'
import { definition, openWorkbench } from './workbench'

async function search(workspace: string, programs: string): Promise<void> {
  writeDataset(workspace)
  const { client, compute } = await openWorkbench({ workspace, programs })
  const { id } = await client.searches.create({ definition: definition() })
  for await (const { activities } of await client.searches.watch({ id })) {
    process.send?.({ id, compute: compute()?.pid, epoch: activities[0]?.epoch ?? 0 })
  }
}

const [workspace = '', programs = ''] = process.argv.slice(2)
void search(workspace, programs)
