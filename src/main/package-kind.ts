// What kind of package this is, by the mark that `npm run package -- --for-testing` leaves in its package.json.
import { join } from 'node:path'
import { readJsonSync } from '@node/json-file'

/** @param application the folder or archive with the application's package.json; a checkout's has no mark */
export function isPackageForTesting(application: string): boolean {
  const manifest = readJsonSync(join(application, 'package.json')) as { forTesting?: unknown }
  return manifest.forTesting === true
}
