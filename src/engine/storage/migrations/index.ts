// Every migration, oldest first.
import { initial } from './0001-initial'
import { dataOfARun } from './0002-data-of-a-run'
import { usageOfATrial } from './0003-usage-of-a-trial'
import { valuesAreZods } from './0004-values-are-zods'
import { trialsWithoutNetworks } from './0005-trials-without-networks'
import { whyARunEnded } from './0006-why-a-run-ended'
import { changesOfARun } from './0007-changes-of-a-run'
import { queueOfARun } from './0008-queue-of-a-run'
import { imports } from './0009-imports'
import { fidelityOfATrial } from './0010-fidelity-of-a-trial'
import { formerRuns } from './0011-former-runs'
import { epochsOnFewerImages } from './0012-epochs-on-fewer-images'
import type { Migration } from './migration'

export const MIGRATIONS: readonly Migration[] = [
  initial,
  dataOfARun,
  usageOfATrial,
  valuesAreZods,
  trialsWithoutNetworks,
  whyARunEnded,
  changesOfARun,
  queueOfARun,
  imports,
  fidelityOfATrial,
  formerRuns,
  epochsOnFewerImages,
]
