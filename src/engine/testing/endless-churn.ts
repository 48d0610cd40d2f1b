// Child of a test: works on the artefacts of a workspace until it is killed.
import { openStore } from '../storage/store'
import { churnArtefacts } from './artefact-churn'

const [folder = '', seed = '0'] = process.argv.slice(2)
void churnArtefacts(openStore(folder), Number(seed), Infinity, () => process.send?.('step'))
