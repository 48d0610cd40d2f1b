import { expect, it } from 'vitest'
import { makeInstallers } from './installers.mjs'

it('that cannot be made for want of a tool are told with what to do, and the rest is kept', async () => {
  expect(await makeInstallers(['deb'], () => Promise.resolve(['a.deb']))).toEqual(['a.deb'])
  const failing = () => Promise.reject(new Error('getaddrinfo ENOTFOUND github.com'))
  await expect(makeInstallers(['AppImage', 'deb'], failing)).rejects.toMatchObject({
    message: expect.stringMatching(/AppImage, deb .*ENOTFOUND.*unpacked application is whole/),
    fix: expect.stringContaining('--archive'),
  })
})
