import { expect, test } from 'vitest'
import { isInternal } from './internal-address.ts'

test('addresses of this machine and its network are internal, in every way to write them', () => {
  for (const address of [
    '127.0.0.1',
    '127.255.0.9',
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '255.255.255.255',
    '::',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '0:0:0:0:0:ffff:a9fe:a9fe',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fd00::1',
    'fe80::1%eth0',
    'ff02::1',
    'localhost',
    '1.2.3',
    '999.1.1.1',
    ':::1',
  ])
    expect(isInternal(address), address).toBe(true)
})

test('addresses of others are not', () => {
  for (const address of ['1.1.1.1', '172.32.0.1', '172.15.0.1', '100.128.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])
    expect(isInternal(address), address).toBe(false)
})
