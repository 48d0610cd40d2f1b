// What the engine needs of its computes: a pool of slots, each one process that does one job at a time.
// How processes are started, supervised and restarted belongs to the implementation; whether a job is tried again, to runs/.
import type { ContractRouterClient } from '@orpc/contract'
import type { ComputeContract } from '@shared/contract/compute'
import type { ProofContract } from '@shared/contract/proof'
import type { ComputeStatus } from '@shared/contract/runtime'
import type { AppError } from '@shared/errors'
import type { ThreadsWanted } from './threads'

export type ComputeClient = ContractRouterClient<ComputeContract>
export type ProofClient = ContractRouterClient<ProofContract>

/**
 * A job has the slot to itself until its promise settles.
 * `kill` ends the slot's process at once, for one that does not answer any more; the slot starts a new one for its next job.
 */
export type ComputeJob<T> = (client: ComputeClient, slot: number, kill: () => void) => Promise<T>

export interface ComputePool {
  /** Slots that can work at the same time, at least 1. */
  readonly size: number
  /**
   * Waits for a free slot, runs `job` on it and returns its result.
   * @param threads what its compute must have been started with, or it starts anew; left out, any compute will do
   * @throws AppError `cancelled` when `signal` fires before the job has begun, `compute-died` when the process ended under
   * the job, `MemoryKillError` where the system ended it for want of memory, `runtime-missing` when no compute can be started; whatever `job` throws otherwise.
   */
  run<T>(job: ComputeJob<T>, signal: AbortSignal, threads?: ThreadsWanted): Promise<T>
  /** One per slot, in slot order. */
  statuses(): readonly ComputeStatus[]
  /** Calls `listener` after any status changed. @returns a function that ends it. */
  onStatus(listener: () => void): () => void
  /** Ends every process and waits for it. Jobs under way reject. */
  close(): Promise<void>
}

/** What whoever decides about devices needs of a pool besides jobs. */
export interface ShapedPool extends ComputePool {
  /**
   * Gives the pool another number of slots; computes start anew with their slot's environment. Also from within `exclusively`.
   * @throws AppError `conflict` while a compute works
   */
  reshape(slots: number): Promise<void>
  /**
   * Ends all computes and keeps them ended while `work` runs; jobs that come meanwhile wait.
   * @throws AppError `conflict` while a compute works
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  /** Ends a slot's process; a job under way rejects with `error`. */
  fail(slot: number, error: AppError): void
}

/** A fresh process with plain tfjs and nothing of ours in it but the entry; see contract/proof. */
export interface ProofProcess {
  readonly client: ProofClient
  /** Ends the process; resolves when it is gone. */
  close(): Promise<void>
}
export type StartProof = () => Promise<ProofProcess>
