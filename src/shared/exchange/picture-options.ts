// What can be chosen of a picture. How it is drawn is architecture/picture's.
import { z } from 'zod'
import { setting } from '../search/settings'

export const PICTURE_THEMES = ['light', 'dark'] as const

export const pictureOptionsSchema = z.strictObject({
  theme: setting(z.enum(PICTURE_THEMES).default('light'), {
    description: 'Colours for a light or for a dark page.',
  }),
})
export type PictureOptions = z.infer<typeof pictureOptionsSchema>
