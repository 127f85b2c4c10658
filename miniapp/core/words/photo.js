// What is said of pictures: the camera, codes nobody can read, faults of a photo, looking at it.

export const PHOTO_WORDS = {
  cameraShut: '相机打不开。请用下面的办法。',
  notAllowed: '相机没打开。请点右上角 ··· 里的“设置”，允许村站通用相机，再来一次。',
  takenBefore: '这张刚才拍过，还没交。',
  opening: '正在打开相机…',
  aimAtDoor: '对准门口牌子上的方块码',
  aimAtPlate: '对准站点牌子上的方块码',
  noCode: '照片上没认出方块码。请靠近一点、拍正一点，再来一次。',
  several: '这里有两块站点牌子，不知道是哪一块。请走近，只对准一块。',
  notOurs: '这不是站点牌子上的码，也不是站点编号。',
  working: '正在处理照片，请稍等…',
  isThisRight: '这张行吗？',
  noPhoto: '这个文件不是照片，打不开。请用相机重新拍一张。',
  halfPhoto: '这张照片没有存全，下面缺了一截。请重新拍一张。',
  heif: '这是高效格式（HEIF）的照片，这里打不开。请打开手机相机的设置，关掉“高效格式”或 HEIF，'
    + '照片格式选 JPG（苹果手机在“设置”的“相机”“格式”里选“兼容性最佳”），再拍一张。',
  allTaken: '要拍的都拍过了。下面的想拍也可以拍。',
  take: (label) => '拍' + label,
  justTaken: (label) => '刚拍的' + label,
  kept: (label) => label + '照片存好了',
  lastOne: '上次拍的这张：',
};

const FAULTS = {
  dark: '有点暗，看不清。请开灯或换个亮的地方。',
  bright: '照片太亮，发白了。请背对阳光或灯光再拍。',
  moved: '手好像晃了一下，字有点糊。拿稳手机再拍一张。',
  blurred: '有点糊。手拿稳，等清楚了再按。',
  small: '照片太小，字可能看不清。请用手机相机直接拍。',
  screenshot: '这张像是手机截图。请到现场用相机直接拍。',
  screen: '这张像是对着屏幕拍的。请对着实物拍一张；要是拍的就是实物，就用这张。',
};
const OLD = '这张好像是以前拍的。最好现在重新拍一张。';

/** What is wrong with a picture, in a sentence each; hints that may be ignored. */
export function photoHints(complaints, old) {
  const said = Object.keys(FAULTS).filter((fault) => complaints[fault]);
  return said.map((fault) => FAULTS[fault]).concat(old ? [OLD] : []);
}
