// The words on the keeper's screens, in one place for every client: plain, warm, no codes.

export const SUBJECTS = {
  signboard: { label: '门头牌子', how: '站到门外，把整块牌子拍进来，字要看得清。' },
  hours_board: { label: '营业时间牌', how: '正对着牌子拍，几点开门、几点关门要看得清。' },
  interior: { label: '接待台', how: '站在门口往里拍，把台子整个拍进来。' },
  shelves: { label: '货架', how: '退后两步，把货架从上到下都拍进来。' },
  scanner: { label: '巴枪', how: '把扫件的巴枪放在台子上，靠近一点拍。' },
  safety: { label: '安全设备', how: '把灭火器、监控这些一样一样拍清楚。' },
  exterior: { label: '站点外面', how: '走远几步，把整间门面拍进来。' },
  zoning: { label: '分区', how: '把取件区、寄件区、存放区一起拍进来。' },
  parcel_area: { label: '放包裹的地方', how: '把包裹和地面都拍进来，看得出放得整不整齐。' },
};

export const SUBJECT_KEYS = Object.keys(SUBJECTS);

/** What a photo shows, as a keeper says it. */
export function subjectLabel(subject) {
  return SUBJECTS[subject] ? SUBJECTS[subject].label : '照片';
}

export const WORDS = {
  saved: '已存在手机里，有网自动交',
  sent: '交好了',
  offline: '没网也能用，有网自动交',
  slow: '网太慢，先存在手机里',
  busy: '那边正忙，过一会儿自动再交',
  portal: '这个网要先登录才能上。东西都还在手机里。',
  signIn: '要重新认一下您是哪个站。手机里没交的都还在。',
  full: '手机存满了，存不下这一条。请删掉一些不用的照片或视频，再来一次。',
  noStore: '这个浏览器存不住东西，只能有网时用。请换成手机自带的浏览器或 Chrome。',
  failed: '没传上去，有网再传',
  broken: '出了点问题，这一步没做成。请再试一次；还不行就打电话问县里。',
};

const KINDS = { check_in: '签到', parcel_count: '件数', photo_note: '照片', inspection: '督导记录', rectification: '整改照片', answer: '说明' };

/** What a queued record is, in a word or two. */
export function kindLabel(item) {
  if (item.kind === 'photo_note' && item.photos.length === 1) {
    return subjectLabel(item.photos[0].subject) + '照片';
  }
  return KINDS[item.kind] || '记录';
}

/** What to do about records that have been waiting for days; '' while there is no hurry. */
export function lateInWords(count, days) {
  if (!count || !count.waiting || days < 3) return '';
  return '有 ' + count.waiting + ' 条记录，最早的已经 ' + days + ' 天没交上去。请到有信号的地方，点“现在上传”；一直没信号，就到“我的”里存成一个文件，用微信发给乡镇或县里。';
}

/** "3 条记录（2 张照片）": what still lies on the phone. */
export function unsentInWords(summary) {
  const photos = summary.photos ? '（' + summary.photos + ' 张照片）' : '';
  return summary.waiting + ' 条' + photos;
}

/** Bytes as people say them. */
export function sizeInWords(bytes) {
  if (bytes < 100 * 1024) return Math.max(1, Math.round(bytes / 1024)) + ' KB';
  if (bytes < 1073741824) return (bytes / 1048576).toFixed(bytes < 10485760 ? 1 : 0) + ' MB';
  return (bytes / 1073741824).toFixed(1) + ' GB';
}

/** A greeting for the hour of the day. */
export function greeting(hour) {
  if (hour < 5) return '夜深了';
  if (hour < 9) return '早上好';
  if (hour < 12) return '上午好';
  if (hour < 14) return '中午好';
  return hour < 18 ? '下午好' : '晚上好';
}
