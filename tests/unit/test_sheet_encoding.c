/* test_sheet_encoding.c - texts in every encoding, short and long, found out and read right. */
#include <stdlib.h>
#include <unicode/ucnv.h>

#include "sheet/decode.h"
#include "sheet_help.h"

/* `utf8` in another encoding. */
static struct gx_str encode(struct gx_arena *arena, const char *converter, struct gx_str utf8)
{
    UErrorCode status = U_ZERO_ERROR;
    size_t cap = utf8.n * 4 + 16;
    char *out = gx_arena_alloc(arena, cap);
    int32_t n =
        ucnv_convert(converter, "UTF-8", out, (int32_t)cap, utf8.p, (int32_t)utf8.n, &status);
    GX_CHECK(U_SUCCESS(status), converter);
    return (struct gx_str){ out, U_SUCCESS(status) ? (size_t)n : 0 };
}

static const struct {
    const char *converter, *name, *text;
} samples[] = {
    /* Traditional Chinese */
    { "Big5", "Big5", "姓名,電話\n王小明,02-23456789\n" },
    { "Big5", "Big5", "公司名稱\n台積電\n" },
    { "Big5", "Big5", "客戶,城市,備註\n鴻海精密,新北市,已聯絡\n統一企業,臺南市,報價中\n" },
    { "Big5", "Big5", "name,city\nAnn,台北\nBob,高雄\n" },
    { "Big5", "Big5", "name\n陳\n" },
    { "Big5", "Big5",
      "編號,公司名稱,統一編號,聯絡人,電話,地址,負責業務,備註\n"
      "1,大同股份有限公司,11111111,林淑芬,02-25925252,台北市中山區中山北路三段22號,張志豪,"
      "「下週」再聯絡，請先寄型錄。\n"
      "2,遠東百貨,22222222,許雅婷,07-5551234,高雄市苓雅區三多四路,黃怡君,價格太高；要求九折\n" },
    { "Big5-HKSCS", "Big5-HKSCS", "公司,地址\n港鐵,九龍灣啓業邨\n喺度,唔係嘅\n" },
    /* Simplified Chinese */
    { "gb18030", "GB18030", "姓名,电话\n王小明,010-12345678\n" },
    { "gb18030", "GB18030", "公司\n华为技术有限公司\n" },
    { "gb18030", "GB18030", "name,city\nAnn,上海\nBob,深圳\n" },
    { "gb18030", "GB18030",
      "编号,客户名称,联系人,电话,地址,备注\n1,北京科技有限公司,张伟,13800138000,"
      "北京市海淀区中关村大街1号,已经付款，下周发货。\n2,广州贸易有限公司,李娜,13900139000,"
      "广州市天河区,需要开发票\n" },
    /* Japanese */
    { "windows-31j", "Shift-JIS", "名前,電話\n鈴木一郎,03-1234-5678\n" },
    { "windows-31j", "Shift-JIS", "会社名,住所\nトヨタ自動車,愛知県豊田市\n" },
    { "windows-31j", "Shift-JIS", "name,note\nAnn,ありがとう\n" },
    { "windows-31j", "Shift-JIS",
      "顧客番号,会社名,担当者,電話番号,住所,備考\n1,株式会社山田商店,佐藤花子,03-3333-4444,"
      "東京都千代田区丸の内１－１,来週もう一度お電話ください。\n2,ソニー,田中太郎,06-6666-7777,"
      "大阪市北区,見積書を送付しました\n" },
    { "EUC-JP", "EUC-JP", "会社名,住所\n株式会社山田商店,東京都千代田区\nソニー,ありがとう\n" },
    { "EUC-JP", "EUC-JP", "名前,備考\n鈴木,お電話ください\n" },
    /* Korean */
    { "EUC-KR", "EUC-KR", "이름,전화\n김철수,02-123-4567\n" },
    { "EUC-KR", "EUC-KR",
      "회사명,담당자,주소\n삼성전자,이영희,서울특별시 강남구 "
      "테헤란로\n현대자동차,박민수,부산광역시\n" },
    /* Thai */
    { "windows-874", "TIS-620", "ชื่อ,โทร\nสมชาย,02-123-4567\n" },
    { "windows-874", "TIS-620",
      "ชื่อบริษัท,ที่อยู่,โทรศัพท์\nบริษัท ไทยรุ่งเรือง จำกัด,กรุงเทพมหานคร,02-111-2222\n"
      "ห้างหุ้นส่วนสยามพาณิชย์,เชียงใหม่,053-333-444\n" },
    { "windows-874", "TIS-620", "name,city\nAnn,ภูเก็ต\n" },
    /* Western */
    { "windows-1252", "windows-1252", "name,city\nJosé,São Paulo\n" },
    { "windows-1252", "windows-1252", "name,city\nMüller,Köln\nStraße,Zürich\n" },
    { "windows-1252", "windows-1252", "item,price\nCafé,€5\n" },
    { "windows-1252", "windows-1252", "name,note\nO’Brien,“quoted” – and more\n" },
    { "windows-1252", "windows-1252", "id,name\n1,caf\xC3\xA9\n" },
    { "windows-1252", "windows-1252",
      "id;nom;ville\n1;Société Générale;Paris\n2;Crédit Agricole;Orléans\n3;Hôtel de "
      "l'Étoile;Nîmes\n" },
    { "windows-1252", "windows-1252", "name,size\nPipe,½ inch\nHeat,20 °C\n" },
    /* Unicode, marked or not */
    { "UTF-16LE", "UTF-16LE", "姓名,電話\n王小明,02-23456789\n" },
    { "UTF-16BE", "UTF-16BE", "姓名,電話\n王小明,02-23456789\n" },
    { "UTF-16LE", "UTF-16LE", "a\tb\n1\t2\n" },
    { "UTF-16LE", "UTF-16LE",
      "\xEF\xBB\xBF"
      "姓名\n王小明\n" },
    { "UTF-16BE", "UTF-16BE",
      "\xEF\xBB\xBF"
      "姓名\n𠮷田\n" },
    { "UTF-32LE", "UTF-32LE",
      "\xEF\xBB\xBF"
      "姓名\n王小明\n" },
    { "gb18030", "GB18030",
      "\xEF\xBB\xBF"
      "姓名\n王小明\n" },
    { "UTF-8", "UTF-8", "姓名,電話\n王小明,02-23456789\n" },
    { "UTF-8", "UTF-8", "name\nJosé\n" },
};

GX_TEST(sheet_encoding_detected)
{
    for (size_t i = 0; i < GX_COUNT(samples); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_sheet *sheet;
        struct gx_str utf8 = gx_str_c(samples[i].text);
        struct gx_str bytes = encode(&arena, samples[i].converter, utf8);
        struct gx_str want = sheet_show_bytes(&ctx, utf8, NULL);
        if (GX_CHECK(gx_sheet_open_bytes(&ctx, bytes, NULL, &sheet) == GX_OK, samples[i].text)) {
            GX_CHECK_STR(gx_sheet_info(sheet)->encoding, gx_str_c(samples[i].name),
                         samples[i].text);
            GX_CHECK_STR(sheet_show(&ctx, GX_OK, sheet), want, samples[i].name);
        }
        gx_arena_free(&arena);
    }
}

/* Long files: the bytes that tell come after much ASCII, and pieces end inside characters. */
GX_TEST(sheet_encoding_long)
{
    static const struct {
        const char *converter, *name, *line;
    } lines[] = {
        { "Big5", "Big5", "大同股份有限公司,林淑芬,台北市中山區\n" },
        { "gb18030", "GB18030", "北京科技有限公司,张伟,𠮷北京市海淀区\n" },
        { "windows-31j", "Shift-JIS", "株式会社山田商店,佐藤花子,東京都\n" },
        { "EUC-KR", "EUC-KR", "삼성전자,이영희,서울특별시 강남구\n" },
        { "windows-874", "TIS-620", "บริษัทไทยรุ่งเรือง,สมชาย,กรุงเทพ\n" },
        { "windows-1252", "windows-1252", "Société Générale,José Müller,Nîmes\n" },
        { "UTF-16LE", "UTF-16LE", "大同股份有限公司,𠮷田,台北\n" },
        { "UTF-8", "UTF-8", "大同股份有限公司,𠮷田,台北\n" },
    };
    for (size_t i = 0; i < GX_COUNT(lines); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_buf b = { 0 };
        gx_buf_addz(&b, "name,who,where\n");
        for (int k = 0; k < 6000; k++)
            gx_buf_addz(&b, "plain name,somebody,here\n");
        for (int k = 0; k < 3000; k++)
            gx_buf_addz(&b, lines[i].line);
        struct gx_str bytes = encode(&arena, lines[i].converter, gx_buf_str(&b));
        struct gx_str want = sheet_show_bytes(&ctx, gx_buf_str(&b), NULL);
        struct gx_sheet *sheet;
        if (GX_CHECK(gx_sheet_open_bytes(&ctx, bytes, NULL, &sheet) == GX_OK, lines[i].name)) {
            GX_CHECK_STR(gx_sheet_info(sheet)->encoding, gx_str_c(lines[i].name), "encoding");
            struct gx_str shown = sheet_show(&ctx, GX_OK, sheet);
            GX_CHECK(gx_str_eq(shown, want), lines[i].name);
        }
        gx_buf_free(&b);
        gx_arena_free(&arena);
    }
}

/* Bytes that no table knows are shown as such, and the row says so. */
GX_TEST(sheet_encoding_damage)
{
    static const struct {
        const char *what, *encoding, *bytes, *want;
    } rows[] = {
        { "Big5", "Big5", "a,b\n1,\xA4\xA4\n2,\xA4\x20x\n", "a|b/1|中/!2|\xEF\xBF\xBD x" },
        { "UTF-8", "UTF-8", "a,b\n1,\xE4\xB8\xAD\n2,\xE4\xB8 x\n",
          "a|b/1|中/!2|\xEF\xBF\xBD\xEF\xBF\xBD x" },
        { "Shift-JIS", "Shift_JIS", "a,b\n1,\x83\x41\n2,\x81\x20x\n", NULL },
        { "ends inside a character", "Big5", "a,b\n1,\xA4\xA4\n2,x\xA4",
          "a|b/1|中/!2|x\xEF\xBF\xBD" },
    };
    for (size_t i = 0; i < GX_COUNT(rows); i++) {
        struct gx_arena arena = { 0 };
        struct gx_ctx ctx = gx_test_ctx(&arena);
        struct gx_sheet_options options = { .header_row = 1,
                                            .encoding = gx_str_c(rows[i].encoding) };
        struct gx_str shown = sheet_show_bytes(&ctx, gx_str_c(rows[i].bytes), &options);
        if (rows[i].want)
            GX_CHECK_STR(shown, gx_str_c(rows[i].want), rows[i].what);
        else
            GX_CHECK(gx_str_search(shown, GX_STR("/!2|")) != SIZE_MAX, shown.p);
        gx_arena_free(&arena);
    }
    struct gx_arena arena = { 0 };
    struct gx_ctx ctx = gx_test_ctx(&arena);
    struct gx_sheet *sheet;
    struct gx_str bytes = GX_STR("a,b\n1,客戶名稱電話\n2,\xFF\n");
    GX_CHECK(gx_sheet_open_bytes(&ctx, bytes, NULL, &sheet) == GX_OK, "damaged UTF-8");
    GX_CHECK(gx_sheet_info(sheet)->damaged && !gx_sheet_info(sheet)->encoding_sure, "said so");
    gx_arena_free(&arena);
}
