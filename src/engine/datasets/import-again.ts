// What is typed to bring in a data set again that is damaged.
import { typed } from '@node/command-line'

/** A sentence for the command line; the window has its dialog. */
export const importAgain = (name: string): string => `Type "${typed(`dataset import PATH --name ${name} --replace`)}".`
