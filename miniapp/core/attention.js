// 要处理: where a record that the server did not take is mended, and what that is called.

export const MEND = {
  parcel_count: '改好再交',
  photo_note: '重新拍一张',
  check_in: '重新签到',
  inspection: '打开来改',
  rectification: '重新拍一张',
  answer: '改好再交',
  opening: '回今天看看',
  request: '改好再交',
  consent: '再选一次',
};

/** The address of the screen on which a refused record is mended. */
export function mendPath(item) {
  const { kind, payload, photos } = item;
  if (kind === 'answer') return 'question/' + payload.signal_id;
  if (kind === 'rectification') return 'mend/' + payload.rectification_id;
  if (kind === 'parcel_count') return 'count/' + item.id;
  if (kind === 'opening') return '';
  if (kind === 'request') return 'ask/' + payload.about;
  if (kind === 'consent') return kind;
  if (!photos.length) return 'check-in';
  const refused = photos.filter((photo) => photo.state === 'refused')[0];
  return 'photo/' + (refused || photos[0]).subject + '/' + item.id;
}
