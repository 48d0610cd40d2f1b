// Names of blocks as people read them; a block of the user's own is called by its own name.
import { PAPER_BLOCKS } from '@shared/architecture/blocks'

/** "resnet-basic" as the library titles it. */
export function blockTitle(name: string): string {
  return PAPER_BLOCKS.get(name)?.title ?? name
}
