import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { fingerprintOf, judgeHostKey, keyType, knownTypes, pinOf } from './known-hosts.ts'

const keyOf = (type: string, fill: number): Buffer => {
  const length = Buffer.alloc(4)
  length.writeUInt32BE(type.length)
  return Buffer.concat([length, Buffer.from(type), Buffer.alloc(36, fill)])
}
const key = keyOf('ssh-ed25519', 1)
const other = keyOf('ssh-ed25519', 2)
const rsa = keyOf('ssh-rsa', 3)
const line = (hosts: string, given = key) => `${hosts} ${keyType(given)} ${given.toString('base64')} a comment`
const at = (host: string, port = 22) => ({ host, port })
const judge = (knownHosts: string, remote = at('files.example.com'), hostKeys: string[] = []) =>
  judgeHostKey(key, remote, { hostKeys, knownHosts })

test('a host is known by name, address, pattern, port and hash', () => {
  expect(judge(line('files.example.com'))).toBe('known')
  expect(judge(line('FILES.example.com,10.0.0.1'), at('10.0.0.1'))).toBe('known')
  expect(judge(line('*.example.com'))).toBe('known')
  expect(judge(line('*.example.com,!files.example.com'))).toBe('unknown')
  expect(judge(line('files.example.com'), at('files.example.com', 2222))).toBe('unknown')
  expect(judge(line('[files.example.com]:2222'), at('files.example.com', 2222))).toBe('known')
  expect(judge(line('filesXexample.com'))).toBe('unknown')
  const salt = Buffer.alloc(20, 7)
  const hash = createHmac('sha1', salt).update('[files.example.com]:2222').digest('base64')
  const hashed = line(`|1|${salt.toString('base64')}|${hash}`)
  expect(judge(hashed, at('files.example.com', 2222))).toBe('known')
  expect(judge(hashed)).toBe('unknown')
  expect(judge(`# nothing\n\n${line('files.example.com')}\r\n`)).toBe('known')
})

test('another key is a change, a revoked one is not let through, and nothing is known of others', () => {
  expect(judge(line('files.example.com', other))).toBe('changed')
  expect(judge(`${line('files.example.com', other)}\n${line('files.example.com')}`)).toBe('known')
  expect(judge(`${line('files.example.com')}\n@revoked ${line('*')}`)).toBe('revoked')
  expect(judge(`@cert-authority ${line('*')}`)).toBe('unknown')
  expect(judge('')).toBe('unknown')
})

test('fingerprints are compared as ssh-keygen prints them, and keys as ssh-keyscan does', () => {
  const remote = at('files.example.com')
  expect(judge('', remote, [fingerprintOf(key)])).toBe('known')
  expect(judge('', remote, [`${fingerprintOf(key).slice(7)}=`])).toBe('known')
  expect(judge('', remote, [`ssh-ed25519 ${key.toString('base64')}`])).toBe('known')
  expect(judge('', remote, [fingerprintOf(other)])).toBe('changed')
  expect(judge('', remote, [fingerprintOf(other), fingerprintOf(key)])).toBe('known')
  expect(() => pinOf('MD5:aa:bb')).toThrow('is no key of a host')
  expect(() => pinOf('ssh-rsa AAAA')).toThrow('is no key of a host')
})

test('a server is asked for a key of a kind that is known', () => {
  const remote = at('files.example.com')
  expect(knownTypes(remote, { hostKeys: [], knownHosts: line('files.example.com', rsa) })).toEqual(['ssh-rsa'])
  expect(knownTypes(remote, { hostKeys: [fingerprintOf(key)], knownHosts: line('files.example.com', rsa) })).toEqual([])
})
