/**
 * What Excel's “CSV (MS-DOS)” and old programs write, which TextDecoder does not know: the characters of the bytes from 0x80 on. Every
 * byte is a character, so that none is invalid.
 */
const WESTERN =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0'
const AMERICAN =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0'

const UPPER: Readonly<Record<string, string>> = {
  cp437: AMERICAN,
  cp850: WESTERN,
  cp858: WESTERN.replace('ı', '€'),
}

/** @returns the encoding's own name, for `ibm850`, `CP-850`, `850`, … */
export function dosEncoding(name: string): string | undefined {
  const number = /^(?:cp|ibm|dos|oem)?[-_]?(437|850|858)$/i.exec(name.trim())?.[1]
  return number === undefined ? undefined : `cp${number}`
}

/** @param name as `dosEncoding` gives it */
export function dosDecoder(name: string): { decode(bytes: Buffer): string } {
  const upper = UPPER[name] ?? WESTERN
  return {
    decode: (bytes) =>
      bytes.toString('latin1').replace(/[\x80-\xff]/g, (character) => upper.charAt(character.charCodeAt(0) - 128)),
  }
}
