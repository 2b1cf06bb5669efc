const ZERO = 0x30;

/** Whether the decimal digits of a text, everything between them ignored, end in their Luhn check digit (ISO/IEC 7812-1, annex B). */
export function checkLuhn(text: string): boolean {
  let sum = 0;
  let digits = 0;
  for (let at = text.length - 1; at >= 0; at--) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) continue;
    const doubled = digits % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
    digits++;
  }
  return digits > 1 && sum % 10 === 0;
}
