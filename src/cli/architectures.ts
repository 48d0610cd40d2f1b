// An architecture as commands name it: a file with a network in it, an export, or a network of the zoo by torchvision's name.
import { existsSync } from 'node:fs'
import type { ArchitectureDocument } from '@shared/architecture/document'
import { zooDocument } from '@shared/architecture/document/zoo-document'
import { ZOO_NAMES } from '@shared/architecture/zoo'
import { problemLines } from '@shared/exchange/imported/imported-network'
import { NETWORK_HELP } from '@node/networks/no-network'
import { readNetwork, refuseProblems } from '@node/networks/read-network'

export const ARCHITECTURE_HELP = `${NETWORK_HELP}, or the name of a zoo network`

/** @throws AppError naming the file and, where it is damaged, the place in it; with every operator that has no layer here */
export async function readArchitecture(place: string): Promise<ArchitectureDocument> {
  if (!existsSync(place) && ZOO_NAMES.includes(place)) return zooDocument(place)
  const { document, problems } = await readNetwork(place)
  if (problems.length > 0) throw refuseProblems(place, problemLines(problems))
  return document
}
