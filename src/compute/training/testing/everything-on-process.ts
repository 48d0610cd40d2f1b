// Entry of a child process: trains with everything on under the environment it was started with and writes what came out.
import type { Precision, Recipe } from '@shared/search/recipe'
import { trainEverything } from './everything-on'

const [optimizer, precision, steps] = process.argv.slice(2) as [Recipe['optimizer'], Precision, string]
process.stdout.write(JSON.stringify(trainEverything(optimizer, precision, Number(steps))))
