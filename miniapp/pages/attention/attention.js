// 要处理: what the server did not take, with its reason; mend it, send it again, save it, drop it.

import { MEND, mendPath } from '../../core/attention.js';
import { discard, sendAgain } from '../../core/again.js';
import { onlyPhotosRefused } from '../../core/queue.js';
import { KEPT_WORDS, kindLabel, whenInWords } from '../../core/words/kept.js';
import { SHARED_WORDS } from '../../core/words/shared.js';
import { go, late, once, screen } from '../../page.js';
import { localPicture, phone } from '../../platform/wx.js';
import { state } from '../../store.js';
import { rescue } from '../../unsent.js';
import { visiting } from '../../visiting.js';

const refusedOf = (item) => item.photos.filter((photo) => photo.state === 'refused');
const itemOf = (event) => {
  const { id } = event.currentTarget.dataset;
  return state.mine.value.filter((one) => one.id === id && one.state === 'attention')[0];
};

function shown(item, asking, saved) {
  const { kind, why, id } = item;
  const photosOnly = onlyPhotosRefused(item);
  const photos = refusedOf(item);
  const counted = kind === 'parcel_count' ? ' ' + SHARED_WORDS.counted(item.payload) : '';
  return {
    key: id,
    title: KEPT_WORDS.refusal(kindLabel(item), photosOnly ? photos.length : 0),
    when: whenInWords(item, state.today.value) + counted,
    why: { kind: 'bad', icon: 'ask', text: why.message || KEPT_WORDS.noReason },
    onlyPhotos: photosOnly ? KEPT_WORDS.onlyPhotos(photos.length) : '',
    photos: photos.map((photo) => ({
      key: photo.id, file: localPicture(photo.id), alt: KEPT_WORDS.refusedPhoto(photo.subject),
    })),
    mend: photosOnly ? '重新拍一张' : MEND[kind],
    drop: photosOnly ? '照片不要了' : '不要这一条了',
    asking: asking === id,
    really: SHARED_WORDS.reallyDrop + KEPT_WORDS.goneForGood(photosOnly ? '照片' : ''),
    yes: photosOnly ? KEPT_WORDS.dropPhotos : KEPT_WORDS.dropRecord,
    code: why.code ? KEPT_WORDS.sayCode(why.code) : '',
    saved: saved && saved.id === id ? saved.text : '',
  };
}

screen({
  tab: 'attention',
  open() {
    this.own = { asking: '', saved: null };
  },
  show() {
    const { asking, saved } = this.own;
    const counted = state.queue.value !== null;
    const items = state.mine.value.filter((item) => item.state === 'attention');
    return {
      counting: counted ? '' : KEPT_WORDS.counting,
      none: counted && !items.length ? KEPT_WORDS.allTaken : '',
      items: items.map((item) => shown(item, asking, saved)),
    };
  },
  onMend: once(async function mend(event) {
    const item = itemOf(event);
    if (!item) return;
    if (item.kind !== 'inspection') {
      go(mendPath(item));
      return;
    }
    const draft = await visiting.reopen(item);
    if (draft) go('visit/' + draft.visit_id);
  }),
  onResend: once(async function resend(event) {
    await sendAgain(phone, event.currentTarget.dataset.id);
    state.send(true);
  }),
  onRescue: once(async function save(event) {
    const item = itemOf(event);
    if (item) this.set({ saved: { id: item.id, text: await rescue([item]) } });
  }),
  onDrop(event) {
    this.changedAt = phone.now();
    this.set({ asking: event.currentTarget.dataset.id });
  },
  onStay() {
    this.set({ asking: '' });
  },
  onReally: late(async function really(event) {
    const { id } = event.currentTarget.dataset;
    await discard(phone, id);
    visiting.forget(id);
    this.set({ asking: '' });
  }),
});
