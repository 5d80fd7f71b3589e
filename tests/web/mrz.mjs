// mrz.mjs - the two lines of a made-up Moroccan passport (ICAO Doc 9303-4, TD3).
function digit(text) {
  const weights = [7, 3, 1];
  let sum = 0;
  [...text].forEach((c, i) => {
    const value = c === '<' ? 0 : /\d/.test(c) ? Number(c) : c.charCodeAt(0) - 55;
    sum += value * weights[i % 3];
  });
  return String(sum % 10);
}

export function passport({ surname, given, number, birth, sex, expires }) {
  const day = (iso) => iso.replaceAll('-', '').slice(2);
  const first = `P<MAR${surname}<<${given}`.toUpperCase().replace(/ /g, '<').padEnd(44, '<');
  const n = number.padEnd(9, '<');
  const optional = '<'.repeat(14);
  const part = n + digit(n) + 'MAR' + day(birth) + digit(day(birth)) + sex + day(expires) + digit(day(expires)) + optional + '<';
  const checked = part.slice(0, 10) + part.slice(13, 20) + part.slice(21, 43);
  return `${first}\n${part}${digit(checked)}`;
}
