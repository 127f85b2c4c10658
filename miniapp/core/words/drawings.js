// What is said while an arrow or a circle is drawn on a photo.

export const DRAWING_WORDS = {
  open: '圈出来',
  drawn: (drawings) => '标了 ' + drawings + ' 处',
  how: '手指按住拖一下。照片本身不改，标记另外存。',
  kinds: { circle: '圈', arrow: '箭头' },
  enough: (most) => '一张照片最多标 ' + most + ' 处。',
  photo: '要标记的照片',
};
