// The steps of set-up, in the order in which they need one another.
import { dataSet } from './data-set.mjs'
import { electronRuntime } from './electron-runtime.mjs'
import { npmPackages } from './npm-packages.mjs'
import { systemLibraries } from './system-libraries.mjs'
import { tensorflow } from './tensorflow.mjs'
import { tfjsBinding } from './tfjs-binding.mjs'

/**
 * @typedef {{ line: (text: string) => void, progress: (label: string, done: number, total: number) => void }} Report
 * @typedef {{ id: string, title: string, isDone: () => Promise<boolean>, run: (report: Report) => Promise<void> }} Step
 */

/**
 * @param {{ withDataSet?: boolean, withVirtualDisplay?: boolean, electron?: 'vendor' | 'stand-in' }} options
 * @returns {Step[]}
 */
export function listSteps({ withDataSet = false, withVirtualDisplay = false, electron } = {}) {
  return [
    npmPackages,
    systemLibraries({ withVirtualDisplay }),
    electronRuntime({ choice: electron }),
    tensorflow,
    tfjsBinding,
    ...(withDataSet ? [dataSet] : []),
  ]
}
