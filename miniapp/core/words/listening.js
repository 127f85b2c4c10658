// 听一听: the sentences that a county records for those who read with difficulty, each by its name.
//
// tools/voice.py reads this file: one line, or two, a sentence. All of them together are to last
// less than 98 seconds, so that one file holds them.

export const SPOKEN = {
  all_done: '今天的事都做完了。',
  check_in: '还没签到。点绿色按钮，扫门口的牌子。',
  photos: '有照片要拍。点绿色按钮，照着拍。',
  count: '还没报件数。点绿色按钮，填几个数。',
  asked_photo: '今天抽到您拍照，拍一张就行。',
  better_photo: '有张照片没看清，请再拍一张。',
  question: '县里问您一句话，照实写就行。',
  mends: '有要整改的，改好了拍照交。',
  failings: '有不合规定的，照着改就行。',
  confirm: '督导结果出来了，请看一看，点同意。',
  news: '县里给您回话了，请点去看看。',
  refused: '有记录没收下，请点下面的要处理。',
  late: '有记录好几天没交上，请找有信号的地方。',
  offline: '现在没网，照常做，都存在手机里。',
  scan: '把手机对准门口牌子上的方块码。',
  photo: '看好样子，点打开相机，拍清楚。',
  counting: '填收到几件、寄出几件，点存好。',
  saved: '存好了，有网自己交上去。',
  arrived: '交好了，县里收到了。',
  history: '这里是您每天交的，打勾的县里收到了。',
  attention: '没收下的在这里，照着改，再交一次。',
  ask: '牌子坏了、改时间、换人，在这里跟县里提。',
  money: '这里看补助多少钱，到哪一步了。',
  me: '字太小，在这里选特大。',
};
