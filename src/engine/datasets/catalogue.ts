// The data sets the workbench offers by name.
import { cifar10 } from './sources/cifar-10'
import type { DatasetSource } from './source'

export const CATALOGUE: readonly DatasetSource[] = [cifar10]
