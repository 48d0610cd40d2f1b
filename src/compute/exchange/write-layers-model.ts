// A layers model as files: model.json, weight shards, metadata.json. All of them in a new folder that takes its name only
// when it is complete, so that nobody ever sees half a model.
import { createHash } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFailure } from '../training/disk-space'
import type { Topology, WeightEntry } from './tfjs-layers/topology'

export interface WrittenFile {
  readonly name: string
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

/** As tfjs and its converter cut weights, so that a browser caches them. */
const SHARD_BYTES = 4 * 1024 * 1024

function concatenated(weights: readonly WeightEntry[]): Buffer {
  return Buffer.concat(weights.map(({ values }) => Buffer.from(values.buffer, values.byteOffset, values.byteLength)))
}

function shards(bytes: Buffer): { name: string; content: Buffer }[] {
  const count = Math.max(1, Math.ceil(bytes.length / SHARD_BYTES))
  return Array.from({ length: count }, (_, i) => ({
    name: `group1-shard${i + 1}of${count}.bin`,
    content: bytes.subarray(i * SHARD_BYTES, (i + 1) * SHARD_BYTES),
  }))
}

async function writeFlushed(folder: string, name: string, content: Buffer): Promise<WrittenFile> {
  const file = await open(join(folder, name), 'w')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  return { name, sizeBytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}

/**
 * Writes into `folder`, replacing an export that is there.
 * @param metadata classes, provenance: whatever a reader of the model should know
 * @throws AppError `storage-failed`
 */
export async function writeLayersModel(
  folder: string,
  topology: Topology,
  metadata: Readonly<Record<string, unknown>>,
): Promise<WrittenFile[]> {
  const parts = shards(concatenated(topology.weights))
  const model = {
    format: 'layers-model',
    generatedBy: 'GPT-NAS Workbench',
    convertedBy: null,
    modelTopology: topology.json,
    weightsManifest: [
      {
        paths: parts.map(({ name }) => name),
        weights: topology.weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
      },
    ],
  }
  const temporary = `${folder}.${process.pid}.part`
  const replaced = `${folder}.${process.pid}.replaced`
  try {
    await mkdir(temporary, { recursive: true })
    const files = [
      await writeFlushed(temporary, 'model.json', Buffer.from(JSON.stringify(model))),
      await writeFlushed(temporary, 'metadata.json', Buffer.from(JSON.stringify(metadata, null, 2))),
    ]
    for (const { name, content } of parts) files.push(await writeFlushed(temporary, name, content))
    const isReplacing = await rename(folder, replaced).then(
      () => true,
      (thrown: unknown) => {
        // Nothing to replace is the usual case.
        if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown
        return false
      },
    )
    await rename(temporary, folder).catch(async (thrown: unknown) => {
      if (isReplacing) await rename(replaced, folder)
      throw thrown
    })
    await rm(replaced, { recursive: true, force: true })
    return files
  } catch (cause) {
    await rm(temporary, { recursive: true, force: true })
    const bytes = parts.reduce((sum, { content }) => sum + content.length, 0)
    throw await writeFailure('The exported model', folder, bytes, cause)
  }
}
