"""What the name of a column says: that it holds texts, right answers, or something else."""

import re
import unicodedata


def words_of(text: str) -> tuple[str, ...]:
    """A list that is written as one text."""
    return tuple(text.split())


TEXT = words_of(
    """
    document text sentence review content comment body message msg utterance tweet feedback
    opinion post answer response reason remark caption voc speech detail
    """
)
TEXT_ENDS = words_of(
    """
    문장 리뷰 내용 본문 텍스트 댓글 코멘트 후기 의견 소감 평 메시지 메세지 피드백 발화 느낀점
    느낌 건의사항 요청사항 불만사항 답변 응답 소리 말씀 사유 이유 감상 서술 원문
    """
)
OTHER = words_of(
    """
    title name author user nick nickname id no num number idx index key code url link uri href
    date time datetime timestamp at type kind category tag keyword source file path email
    phone address lang language count like reply summary display html clean cleaned processed
    preprocessed tokenized token tokens translated translation product item shop store brand
    channel video writer seller subject headline prompt question query context price amount
    gender age sex option status hash length size rank region city country
    """
)
OTHER_ENDS = words_of(
    """
    제목 명 이름 작성자 글쓴이 닉네임 아이디 번호 순번 코드 링크 주소 날짜 일시 일자 작성일
    등록일 접수일 시간 시각 카테고리 분류 유형 종류 구분 지역 지점 점포 매장 브랜드 수 횟수
    금액 가격 답글 요약 키워드 태그 출처 파일 이메일 메일 전화 연락처 성별 나이 연령 연령대
    옵션 상품 제품 품목 회사 업체 업종 부서 직급 번역 전처리 형태소 질문 문항 상태 날씨 길이
    """
)
OTHERS_WORDS = (
    "사장",
    "판매자",
    "관리자",
    "운영자",
    "담당자",
    "상담원",
    "seller",
    "owner",
    "admin",
)
"""Whoever answers the writers of a file; their texts are not what it is about."""

LABELS: dict[str, str] = dict.fromkeys(
    words_of(
        """
        label sentiment polarity target gold positive
        라벨 레이블 감성 정답 극성 긍부정 긍정부정 긍정여부
        """
    ),
    "label",
)
LABELS |= dict.fromkeys(words_of("rating star 평점 별점 만족도 별"), "rating")
LABELS |= dict.fromkeys(words_of("score grade 점수 평가 추천도"), "score")
LABELS |= dict.fromkeys(words_of("감정 emotion class"), "kind")
"""Kinds of right answers by name: ``kind`` may be kinds of anything."""

NO_SENTIMENT = words_of(
    """
    spam hate hateful toxic toxicity offensive abusive abuse bias sarcasm sarcastic ad intent topic
    스팸 혐오 악플 욕설 광고 홍보 비꼼 의도 주제 공격성 편향 차별 사실
    """
)
"""What labels of these names tell apart is something else than sentiment."""

LABEL_ENDS = tuple(name for name in LABELS if not name.isascii() and len(name) > 1)

EXACT = words_of(
    """
    document text sentence review content comment body message 문장 리뷰 내용 본문 텍스트 댓글
    후기 의견 글 한줄평 상품평 리뷰내용
    """
)
"""Whole names that hardly mean anything else."""


def words(name: str) -> list[str]:
    """The words of a name in small letters: ``textOriginal`` and ``review_body`` have two."""
    composed = unicodedata.normalize("NFC", name)
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", composed)
    return [singular(word) for word in re.findall(r"[^\W\d_]+", apart.casefold())]


def singular(word: str) -> str:
    """An English word without its plural."""
    return word.removesuffix("s") if word.isascii() and len(word) > 3 else word


def text_name(name: str) -> float:
    """How much a name speaks for texts, -1 to 1.5: the last word that is known decides."""
    found = words(name)
    if any(word.startswith(OTHERS_WORDS) for word in found):
        return -1.0
    if len(found) == 1 and found[0] in EXACT:
        return 1.5
    for word in reversed(found):
        if word in OTHER or (word not in EXACT and word.endswith(OTHER_ENDS)):
            return -1.0
        if word in TEXT or word in EXACT or word.endswith(TEXT_ENDS):
            return 1.0
    return 0.0


def label_name(name: str) -> str | None:
    """What kind of right answers a name speaks for, a value of `LABELS`; None for none."""
    found = words(name)
    other = any(word in NO_SENTIMENT for word in found)
    for word in reversed(found):
        if word in LABELS:
            return "kind" if other else LABELS[word]
        if word.endswith(LABEL_ENDS):
            kind = LABELS[next(end for end in LABEL_ENDS if word.endswith(end))]
            return "kind" if other or word.startswith(NO_SENTIMENT) else kind
        if word in OTHER or word.endswith(OTHER_ENDS):
            return None
    return None


def names_columns(values: list[str]) -> bool:
    """Whether a row of values is one of names, judging by a name that hardly is anything else."""
    return any(
        len(value) <= 40 and (found := words(value)) and len(found) == 1 and is_known(found[0])
        for value in values
    )


def is_known(word: str) -> bool:
    """Whether a single word is usual above a text or a label."""
    return word in EXACT or word in LABELS
