// One drawing for each subject, as SVG: how a good photo of it looks in a viewfinder's corners.

const WALL = '#efe3cf';
const FLOOR = '#cfb892';
const WOOD = '#b98a55';
const DARK = '#5b4328';
const GREEN = '#067a3e';
const GLASS = '#cfe3ea';
const ROOF = '#a85a3c';

const all = (list, draw) => list.map(draw).join('');
const box = (x, y, w, h, fill, round) =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="${round || 0}" fill="${fill}"/>`;
const line = (d, colour, wide) => `<path d="${d}" fill="none"
  stroke="${colour}" stroke-width="${wide || 3}" stroke-linecap="round" stroke-linejoin="round" />`;
const parcel = (x, y, w, h) => `
  <g>${box(x, y, w, h, '#d9a066', 2)}${box(x + w / 2 - 3, y, 6, h, '#b77b3f')}</g>`;
const words = (x, y, size, text, fill) => `<text x="${x}" y="${y}" font-size="${size}"
  fill="${fill || '#fff'}" text-anchor="middle" font-weight="700">${text}</text>`;
const room = `<g>${box(0, 0, 320, 150, WALL)}${box(0, 150, 320, 50, FLOOR)}</g>`;
const house = `<g>
  ${box(0, 0, 320, 160, '#dcebf2')}${box(0, 160, 320, 40, '#cdbf9f')}
  ${box(40, 50, 240, 120, '#f3e6d0')}<path d="M26 54 60 20h200l34 34z" fill="${ROOF}"/></g>`;

const ZONES = [['取件区', 12, GREEN], ['寄件区', 114, '#8a4b00'], ['存放区', 216, '#27597a']];

const DRAWINGS = {
  signboard: `<g>
    ${box(0, 0, 320, 200, '#f3e6d0')}<path d="M0 0h320v26H0z" fill="${ROOF}"/>
    ${box(30, 46, 260, 62, GREEN, 4)}
    ${words(160, 74, 21, '某某村快递便民服务点')}${words(160, 98, 16, 'C0001')}
    ${box(110, 122, 100, 78, DARK, 2)}
    ${box(118, 130, 40, 70, GLASS)}${box(162, 130, 40, 70, GLASS)}</g>`,
  hours_board: `<g>
    ${box(0, 0, 320, 200, WALL)}${box(70, 28, 180, 144, '#fff', 6)}
    ${box(70, 28, 180, 38, GREEN, 6)}${words(160, 55, 22, '营业时间')}
    ${words(160, 102, 22, '上午 8:00', '#222')}${words(160, 128, 16, '到', '#222')}
    ${words(160, 156, 22, '下午 6:00', '#222')}</g>`,
  interior: `<g>
    ${room}${box(60, 92, 200, 72, WOOD, 3)}${box(52, 84, 216, 14, DARK, 3)}
    ${box(180, 52, 56, 34, '#334', 3)}${box(185, 57, 46, 24, '#9fc4d8')}
    ${parcel(84, 58, 40, 26)}${words(160, 136, 18, '寄取快递')}</g>`,
  shelves: `<g>
    ${room}${all([30, 78, 126], (y) => `<g>
      ${parcel(60, y + 8, 38, 30)}${parcel(106, y + 14, 46, 24)}
      ${parcel(160, y + 4, 34, 34)}${parcel(202, y + 12, 52, 26)}
      ${box(48, y + 38, 224, 7, DARK)}</g>`)}
    ${box(46, 22, 7, 156, DARK)}${box(267, 22, 7, 156, DARK)}</g>`,
  scanner: `<g>
    ${room}${box(0, 132, 320, 68, WOOD)}<g transform="rotate(-14 160 100)">
      ${box(130, 30, 66, 122, '#2f3a3f', 12)}${box(138, 42, 50, 48, '#9fd3b4', 4)}
      ${all([0, 1, 2], (row) => all([0, 1, 2], (column) =>
        box(140 + column * 17, 98 + row * 15, 12, 10, '#7b8a90', 2)))}</g></g>`,
  safety: `<g>
    ${room}${box(64, 84, 40, 86, '#c0281f', 10)}${box(76, 68, 16, 18, '#333')}
    ${line('M92 72c24 0 26 26 24 44', '#333', 5)}${words(84, 134, 14, '灭火器')}
    ${box(190, 30, 70, 26, '#e8eef0', 6)}<circle cx="254" cy="43" r="9" fill="#333" />
    ${line('M206 56v18', '#777', 5)}${words(226, 100, 15, '监控', '#333')}</g>`,
  exterior: `<g>
    ${house}${box(84, 66, 152, 28, GREEN, 3)}${words(160, 86, 14, '快递便民服务点')}
    ${box(130, 108, 60, 62, DARK)}
    ${box(66, 108, 44, 36, GLASS)}${box(210, 108, 44, 36, GLASS)}
    <path d="M0 200h320v-22H0z" fill="#b9ab8a" /></g>`,
  zoning: `<g>
    ${room}${all(ZONES, ([text, x, fill]) => `<g>
      ${box(x, 34, 92, 28, fill, 4)}${words(x + 46, 54, 17, text)}
      ${box(x, 150, 92, 6, fill)}
      ${parcel(x + 12, 110, 32, 40)}${parcel(x + 48, 122, 32, 28)}</g>`)}</g>`,
  parcel_area: `<g>
    ${room}${all([0, 1, 2, 3], (i) => parcel(46 + i * 58, 116, 52, 44))}
    ${all([0, 1, 2], (i) => parcel(58 + i * 62, 74, 48, 42))}${parcel(102, 42, 56, 32)}</g>`,
};

const CORNERS = 'M-4 34V-4h38M286-4h38v38M324 166v38h-38M34 204H-4v-38';
export const EXAMPLE_BOX = '-8 -8 336 216';

/** What a drawing of this subject holds, on EXAMPLE_BOX. */
export function exampleOf(subject) {
  return `<clipPath id="edge"><rect width="320" height="200" rx="8"/></clipPath>
    <g clip-path="url(#edge)">${DRAWINGS[subject]}</g>${line(CORNERS, GREEN, 6)}`;
}
