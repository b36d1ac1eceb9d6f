import { expect, test } from 'vitest'
import { changedSettings, hasRetryDetails, shownDraft, valueText } from './failure-settings.ts'

const RUN = { retries: 3, wait: '2s', factor: 3, retry_on: ['file.*'], timeout: '10m' }

test('without retries nothing stays that belongs to them', () => {
  expect(changedSettings(RUN, { retries: undefined })).toEqual({ timeout: '10m' })
  expect(changedSettings(RUN, { retries: 0 })).toEqual({ retries: 0, timeout: '10m' })
  expect(changedSettings({ retries: 3, wait: '2s' }, { retries: undefined })).toEqual({})
  expect(changedSettings(RUN, { retries: 4 })).toEqual({ ...RUN, retries: 4 })
  expect(changedSettings(RUN, { timeout: undefined })).toEqual({ ...RUN, timeout: undefined })
  expect(changedSettings(RUN, { retries: 400 })).toBeUndefined()
})

test('what a file has of them all the same is shown, so that it can be removed', () => {
  expect(hasRetryDetails({ wait: '2s' })).toBe(true)
  expect(hasRetryDetails({ timeout: '2s' })).toBe(false)
  expect(hasRetryDetails(undefined)).toBe(false)
})

test('what is typed shows until the document has another value: an undo is seen', () => {
  // `2` was typed where nothing was, then the `s` of `2s`.
  expect(shownDraft({ text: '2', of: '' }, '')).toBe('2')
  expect(shownDraft({ text: '2s', of: valueText('2s') }, '2s')).toBe('2s')
  expect(shownDraft({ text: '2s', of: '2s' }, '')).toBeUndefined()
  expect(shownDraft({ text: '03', of: valueText(3) }, '3')).toBe('03')
  expect(shownDraft({ text: '0', of: valueText(0) }, '')).toBe('0')
  expect(shownDraft({ text: 'a,b', of: valueText(['a', 'b']) }, 'a, b')).toBe('a,b')
})
